"""What the imports of handlers lead to, over a package and its layers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial

from lambdalint.model.package import Distribution, Missing, Reach
from lambdalint.packages import costs, sdk
from lambdalint.packages.contents import Contents
from lambdalint.packages.edges import Plan, Planner
from lambdalint.packages.places import Found, roots

CERTAIN = frozenset({"certain"})
LOADED = frozenset({"certain", "guarded"})
ANY = frozenset({"certain", "guarded", "lazy"})


def reaches(
    contents: Contents,
    handlers: Sequence[str],
    layers: Sequence[Contents] = (),
    distributions: Sequence[Distribution] = (),
    python: tuple[int, int] | None = None,
) -> Sequence[Reach]:
    """For the file of each handler what it reaches; empty for one that is not in the package."""
    closure = Closure(contents, layers, distributions, python)
    return [closure.reach(handler) for handler in handlers]


class Closure:
    """Follows imports. What is learnt of a file is kept: handlers share most of what they load."""

    def __init__(
        self,
        contents: Contents,
        layers: Sequence[Contents] = (),
        distributions: Sequence[Distribution] = (),
        python: tuple[int, int] | None = None,
    ) -> None:
        self._planner = Planner(list(roots(contents, layers, python)), distributions, python)
        self._distributions = {one.name: one for one in distributions}
        self._reaches: dict[str, Reach] = {}

    def reach(self, handler: str) -> Reach:
        """What is loaded with a handler, and what its calls may load."""
        if handler not in self._reaches:
            self._reaches[handler] = self._reached(handler)
        return self._reaches[handler]

    def _reached(self, handler: str) -> Reach:
        start = self._planner.chain_of(handler)
        if not start:
            return Reach(handler)
        parents: dict[str, str] = {}
        loaded = self._walk(((found, "") for found in start), LOADED, parents)
        later = self._walk(self._delayed(loaded), ANY, parents)
        plans = [self._planner.plan_of(path) for path in loaded]
        return Reach(
            handler,
            tuple(loaded),
            tuple(later),
            tuple(self._missing(start, loaded, later)),
            self._bytes(loaded, self._services([*loaded, *later])),
            partial(costs.estimate, plans),
            any(self._planner.plan_of(path).opaque for path in (*loaded, *later)),
            {path: parent for path, parent in parents.items() if parent},
            tuple(sorted({name for plan in plans for name in plan.outside})),
        )

    def plans(self, handler: str) -> list[Plan]:
        """What is known of each file that is loaded with a handler."""
        start = self._planner.chain_of(handler)
        return [self._planner.plan_of(path) for path in self._walk(((found, "") for found in start), LOADED, {})]

    def cost_ms(self, module: str) -> float:
        """About how long it takes to load a module with all that it loads; 0 where it is not in the package."""
        chain, lost = self._planner.chain(module)
        loaded = self._walk(((found, "") for found in chain), LOADED, {}) if not lost else []
        return costs.estimate(self._planner.plan_of(path) for path in loaded)

    def services(self, handler: str) -> frozenset[str] | None:
        """The services of AWS that clients are made for; None where one is not known by name."""
        reach = self.reach(handler)
        return self._services([*reach.modules, *reach.lazy])

    def _walk(self, start: Iterable[tuple[Found, str]], kinds: Collection[str], parents: dict[str, str]) -> list[str]:
        """The files that imports of some kinds lead to, in the order of loading, each with who led there first."""
        order: list[str] = []
        waiting = [iter(start)]
        while waiting:
            for found, parent in waiting[-1]:
                if found.path and found.path not in parents:
                    parents[found.path] = parent
                    order.append(found.path)
                    waiting.append(_targets(self._planner.plan(found), kinds))
                    break
            else:
                waiting.pop()
        return order

    def _delayed(self, loaded: Sequence[str]) -> Iterator[tuple[Found, str]]:
        for path in loaded:
            yield from _targets(self._planner.plan_of(path), {"lazy"})

    def _missing(self, start: Sequence[Found], loaded: Sequence[str], later: Sequence[str]) -> Iterator[Missing]:
        """Imports without an answer. What is optional for a distribution is guarded by whoever asked for it."""
        certain = set(self._walk(((found, "") for found in start), CERTAIN, {}))
        needed = self._needed(start)
        patched = any(self._planner.plan_of(path).patches_path for path in loaded)
        for path in (*loaded, *later):
            plan = self._planner.plan_of(path)
            for one in plan.missing:
                optional = path not in needed or (one.lazy and plan.distribution != "")
                lazy = one.lazy or path not in certain
                yield one._replace(lazy=lazy, guarded=one.guarded or patched or optional)

    def _needed(self, start: Sequence[Found]) -> set[str]:
        """What is loaded for sure when every function of the project was called."""
        seen: set[str] = set()
        waiting = list(start)
        while waiting:
            found = waiting.pop()
            if found.path and found.path not in seen:
                seen.add(found.path)
                plan = self._planner.plan(found)
                waiting.extend(
                    target
                    for edge in plan.edges
                    if edge.kind == "certain" or (edge.kind == "lazy" and edge.written and not plan.distribution)
                    for target in edge.modules
                )
        return seen

    def _services(self, paths: Iterable[str]) -> frozenset[str] | None:
        named: frozenset[str] = frozenset()
        for path in paths:
            services = self._planner.plan_of(path).services
            if services is None:
                return None
            named |= services
        return named

    def _bytes(self, loaded: Sequence[str], services: frozenset[str] | None) -> int:
        """Of what is loaded, and of the data of the distributions that it belongs to."""
        plans = [self._planner.plan_of(path) for path in loaded]
        total = sum(plan.bytes for plan in plans)
        for name in sorted({plan.distribution for plan in plans} & self._distributions.keys()):
            for path in self._distributions[name].files:
                if _is_data(path) and _is_of(path, services):
                    total += self._planner.size(path)
        return total


def _targets(plan: Plan, kinds: Collection[str]) -> Iterator[tuple[Found, str]]:
    for edge in plan.edges:
        if edge.kind in kinds:
            for found in edge.modules:
                yield found, plan.path


_MODULE = re.compile(r"\.(?:py|pyc|pyi)$|\.(?:cpython-[^/]*|abi3)\.so$|\.dist-info/")


def _is_data(path: str) -> bool:
    """Libraries that extension modules are linked with are data, too."""
    return _MODULE.search(path) is None


def _is_of(path: str, services: frozenset[str] | None) -> bool:
    found = sdk.DATA.search(path)
    return found is None or services is None or found[1] in services
