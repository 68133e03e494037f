"""`python -m lambdalint`, where the command itself is not on the path."""

from __future__ import annotations

from lambdalint.cli import command

if __name__ == "__main__":
    command()
