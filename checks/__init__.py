"""The built-in checks, one a file."""
