"""What the files of one folder declare."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdalint.model.places import Location
from lambdalint.sources.documents import Malformed
from lambdalint.sources.folders import ENDINGS
from lambdalint.sources.paths import Files, join
from lambdalint.sources.terraform.syntax import Attribute, Block, File, top_level

_NAMED = frozenset({"resource", "data", "variable", "module", "output"})
_OVERRIDE = re.compile(r"(?:^|_)override\.tf(?:\.json)?$")


class Folder:
    """What the files of a folder declare, by name."""

    def __init__(self, path: str, files: Files, first: str = "") -> None:
        self.path = path
        self.errors: list[tuple[str, Malformed]] = []
        self.twice: list[tuple[Location, str]] = []
        self.blocks: dict[tuple[str, ...], Block] = {}
        self.locals: dict[str, Attribute] = {}
        self.settings: list[Attribute] = []
        """What stands in the files that give variables their values."""
        self.maybe: list[Attribute] = []
        """Likewise in files that are only read if they are named."""
        listed = files.names(path)
        names = [name for name in listed if name.endswith(ENDINGS)]
        for name in sorted(names, key=lambda name: (_OVERRIDE.search(name) is not None, name != first, name)):
            for block in self._blocks(join(path, name), files):
                self._add(block, overriding=_OVERRIDE.search(name) is not None)
        for name in sorted(name for name in listed if name.endswith((".tfvars", ".tfvars.json"))):
            automatic = name.startswith("terraform.tfvars") or ".auto.tfvars" in name
            into = self.settings if automatic else self.maybe
            for block in self._blocks(join(path, name), files, whole=True):
                into += block.attributes.values()

    def _blocks(self, path: str, files: Files, whole: bool = False) -> Iterator[Block]:
        data = files.read_bytes(path)
        if data is None:
            return
        file = File(path, data.removeprefix(b"\xef\xbb\xbf"))
        yield from file.blocks() if whole else top_level(file)
        if file.error is not None:
            self.errors.append((path, file.error))

    def _add(self, block: Block, overriding: bool) -> None:
        if block.type == "locals":
            self.locals.update(block.attributes)
            return
        key = (block.type, *block.labels)
        if overriding and key in self.blocks:
            self.blocks[key].add(block)
        elif self.blocks.setdefault(key, block) is not block and block.type in _NAMED:
            before = self.blocks[key].location
            name = ".".join(key).removeprefix("resource.")
            message = f"declares {name} again, after {before.path}:{before.line}: only the first one is read"
            self.twice.append((block.location, message))

    def of(self, type_: str) -> Iterator[Block]:
        count = 3 if type_ in ("resource", "data") else 2
        return (block for key, block in self.blocks.items() if key[0] == type_ and len(key) == count)
