"""Terraform: from the files of one folder, and the modules these call, to a stack."""

from __future__ import annotations

from lambdalint.model.places import Location
from lambdalint.model.template import Stack
from lambdalint.sources.cloudformation import stack_of
from lambdalint.sources.paths import Files, join
from lambdalint.sources.terraform.reader import Reader, TerraformCompanions
from lambdalint.sources.terraform.vocabulary import is_read
from lambdalint.sources.terraform.words import Resources
from lambdalint.sources.terraform.world import World
from lambdalint.sources.values import Settings

Refused = tuple[Location, str]
"""What cannot be read, where."""


def read(path: str, files: Files, settings: Settings) -> tuple[Stack, list[Refused]]:
    """The stack of the folder that a file is in, and what of it cannot be read."""
    folder = join(path, "..")
    world = World(folder, path.rpartition("/")[2], files, is_read)
    resources = Resources(path, world.items())
    reader = Reader(resources, settings, files, folder, "terraform")
    stack = stack_of(resources, reader, TerraformCompanions)._replace(format="terraform")
    refused = list(dict.fromkeys(world.remarks))
    if world.evaluator.exhausted:
        refused.append((Location(path), "takes too much to work out: not all of it is known"))
    for one in world.folders.values():
        refused += one.twice
        for file, error in one.errors:
            place = Location(file, error.line, error.column, error.line, error.column + 1)
            refused.append((place, error.message))
    return stack, refused
