"""What is known of one package, learnt when it is asked for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from lambdalint.model.package import Distribution, Entry, Native, Package, Reach, Requirement, Secret, Use, Waste
from lambdalint.packages.contents import Contents, Unreadable
from lambdalint.packages.waste import may_be_waste, waste

if TYPE_CHECKING:
    from lambdalint.packages.closure import Closure


class PackageFacts:
    """Learns of one package, given what is in it. (`Facts` of the model.)"""

    def __init__(self, contents: Contents, held: Mapping[str, bytes] = MappingProxyType({})) -> None:
        """`held` is what stands in for files that say what is needed, by path."""
        self.contents = contents
        self._held = held

    def distributions(self, package: Package) -> Sequence[Distribution]:
        from lambdalint.packages.distributions import distributions

        architecture = next(iter(package.architectures), None)
        return distributions(self.contents, package.python, architecture, self._extras(package))

    def why(self, package: Package) -> Mapping[str, Sequence[str]]:
        return why(package.distributions, package.reaches)

    def natives(self, package: Package) -> Sequence[Native]:
        from lambdalint.packages.natives import natives

        if package.kind != "image":
            return natives(self.contents)
        own = {entry.path for entry in self._deployed(package)}
        return [one for one in natives(self.contents) if one.path in own]

    def waste(self, package: Package) -> Sequence[Waste]:
        may_go = package.distributions or package.natives or any(may_be_waste(one.path) for one in package.entries)
        if not may_go:
            return ()  # nearly all source folders: nobody need follow imports for them
        reaches = package.reaches
        return waste(
            self._deployed(package),
            package.distributions,
            package.natives,
            loaded={path for reach in reaches for path in reach.modules},
            later={path for reach in reaches for path in reach.lazy},
            services=self._services(package),
            opaque=any(reach.opaque for reach in reaches),
            python=package.python,
        )

    def _deployed(self, package: Package) -> Sequence[Entry]:
        """Of an image what was put in for the function: all else is the base that it stands on."""
        if package.kind != "image":
            return package.entries
        from lambdalint.packages.images import Image

        assert isinstance(self.contents, Image)
        part_of = self.contents.part_of
        return [entry for entry in package.entries if part_of(entry.path) in ("package", "layer")]

    def secrets(self, package: Package) -> Sequence[Secret]:
        from lambdalint.packages.secrets import secrets

        return list(secrets(self.contents, self._own(package)))

    def reaches(self, package: Package) -> Sequence[Reach]:
        closure = self._follow(package)
        return [closure.reach(handler) for handler in package.handlers]

    def cost_ms(self, package: Package, module: str) -> float:
        """About how long it takes to load a module; 0 where it is not in the package or its layers."""
        return self._follow(package).cost_ms(module)

    def _follow(self, package: Package) -> Closure:
        if self._closure is None:
            from lambdalint.packages.closure import Closure

            layers = [contents_of(layer) for layer in package.layers]
            of_layers = [one for layer in package.layers for one in layer.distributions]
            self._closure = Closure(self.contents, layers, [*package.distributions, *of_layers], package.python)
        return self._closure

    _closure: Closure | None = None

    def requirements(self, package: Package) -> Sequence[Requirement]:
        from lambdalint.packages.requirements import requirements

        if package.kind != "source":
            return ()
        architecture = next(iter(package.architectures), None)
        return requirements(package.path, package.python, architecture, self._held)[0]

    def uses(self, package: Package) -> Sequence[Use]:
        from lambdalint.packages.uses import uses

        loaded = dict.fromkeys(path for reach in package.reaches for path in (*reach.modules, *reach.lazy))
        own = {entry.path for entry in self._own(package)}
        return uses(self._read(path for path in loaded if path in own and path.endswith(".py")))

    def _read(self, paths: Iterable[str]) -> Iterator[bytes]:
        for path in paths:
            try:
                yield self.contents.read(path)
            except Unreadable:
                continue

    def _extras(self, package: Package) -> Mapping[str, Sequence[str]]:
        """The extras that a source folder asks for."""
        if package.kind != "source":
            return {}
        from lambdalint.packages.requirements import extras_of

        return extras_of(package.requirements)

    def _own(self, package: Package) -> list[Entry]:
        """The entries that came with no distribution."""
        installed = {path for one in package.distributions for path in one.files}
        return [entry for entry in package.entries if entry.path not in installed]

    def _services(self, package: Package) -> frozenset[str] | None:
        """The services of AWS that the handlers may call; None where one is only known when the program runs."""
        closure = self._follow(package)
        named = [closure.services(handler) for handler in package.handlers]
        known = [services for services in named if services is not None]
        return frozenset().union(*known) | _ITS_OWN if known and len(known) == len(named) else None


_ITS_OWN = frozenset({"sts", "sso", "sso-oidc", "signin"})
"""Called by the SDK itself, when it looks for credentials."""


def contents_of(package: Package) -> Contents:
    """The files of a package."""
    assert isinstance(package.facts, PackageFacts)
    return package.facts.contents


def all_contents(package: Package) -> list[Contents]:
    """The files of a package, and of each of its layers."""
    return [contents_of(one) for one in (package, *package.layers)]


def why(distributions: Sequence[Distribution], reaches: Sequence[Reach]) -> Mapping[str, Sequence[str]]:
    """What each distribution is there for: who imports it, else what needs it."""
    owner = {path: one.name for one in distributions for path in one.files}
    found: dict[str, list[str]] = {}
    for reach in reaches:
        for path in (*reach.modules, *reach.lazy):
            name, parent = owner.get(path), reach.parents.get(path, "")
            by = owner.get(parent, parent)
            if name and by and by != name:
                reason = f"{os.path.basename(by) if by == parent else by} imports it"
                if reason not in found.setdefault(name, []):
                    found[name].append(reason)
    for one in distributions:
        for name in one.requires:
            found.setdefault(name, [])
            if not any(reason.startswith(one.name) for reason in found[name]):
                found[name].append(f"{one.name} needs it")
    return found
