"""Fixes that change templates: those of SAM and CloudFormation here, others beside it, in `terraform` and `serverless`.

Edits are cut from the text itself, so comments, order, quotes and anchors stay. The text is then read again and
compared with what it meant before: where anything else would change, the fix is refused.
Each function gives the edits, or raises a `Refusal` that says why not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from lambdalint.check import Edit, Refusal
from lambdalint.model import Location
from lambdalint.rewriting.templates.changing import removed, replaced
from lambdalint.rewriting.templates.inserting import alarm, put, resource, section
from lambdalint.rewriting.templates.source import FUNCTION, Change, Entry, Template, child, word

__all__ = ["Words", "deploy_gradually", "keep_logs", "remove", "remove_event", "replace", "state", "words_of"]

_PLAIN = {"Tracing": "TracingConfig.Mode"}
"""What SAM says, and CloudFormation says with other words."""
_MAPPINGS = frozenset("SQS Kinesis DynamoDB MSK SelfManagedKafka AWS::Lambda::EventSourceMapping".split())
_SHARED = frozenset("MemorySize Timeout Tracing LoggingConfig Architectures EphemeralStorage".split())
"""What Globals takes, of that which fixes state."""
_CONTAINERS = frozenset(["Environment", "Variables", "EphemeralStorage", "LoggingConfig"])
"""What nothing is lost with, once it is empty."""


class Words(Protocol):
    """What every format has words for: a module."""

    def state(self, text: str, *, places: Sequence[Location], name: str, value: Any) -> Sequence[Edit]: ...

    def replace(
        self, text: str, *, place: Location, old: str, new: str, owner: Location | None = None
    ) -> Sequence[Edit]: ...

    def remove(self, text: str, *, place: Location, owner: Location | None = None) -> Sequence[Edit]: ...

    def remove_event(self, text: str, *, place: Location) -> Sequence[Edit]: ...

    def keep_logs(self, text: str, *, places: Sequence[Location], days: int) -> Sequence[Edit]: ...

    def deploy_gradually(
        self, text: str, *, places: Sequence[Location], alias: str, preference: str
    ) -> Sequence[Edit]: ...


def words_of(format: str) -> Words:
    """Who changes the templates of a format."""
    if format == "terraform":
        from lambdalint.rewriting.templates import terraform

        return terraform
    if format == "serverless":
        from lambdalint.rewriting.templates import serverless

        return serverless
    from lambdalint.rewriting import templates

    return templates


def state(text: str, *, places: Sequence[Location], name: str, value: Any) -> Sequence[Edit]:
    """Give the resources or events whose names stand at these places a property, by its name in SAM: `A.B` is B in A.

    Where these are all the functions of SAM in a template, and more than one or with a Globals section already, it is
    put there.
    """
    template = Template(text)
    blocks = [template.way_to(place)[-1] for place in places]
    made: list[tuple[Edit, Change]] = []
    functions = [block for block in blocks if word(block.value, "Type") == FUNCTION]
    shared = _in_globals(template, functions, name, value)
    made += [shared] if shared is not None else []
    for block in blocks:
        if shared is None or block not in functions:
            made.append(put(template, block, ["Properties", *_names(block, name)], value))
    return _verified(template, made)


def replace(text: str, *, place: Location, old: str, new: str, owner: Location | None = None) -> Sequence[Edit]:
    """Write `new` for `old`, the value of the key at a place or of the parameter that it names."""
    template = Template(text)
    return _verified(template, [replaced(template, template.owned(place, owner, "Globals"), old, new)])


def remove(text: str, *, place: Location, owner: Location | None = None) -> Sequence[Edit]:
    """Take out the key at a place with its value."""
    template = Template(text)
    return _verified(template, [removed(template, template.owned(place, owner, "Globals"), _CONTAINERS)])


def remove_event(text: str, *, place: Location) -> Sequence[Edit]:
    """Take out the event of a function of SAM whose name stands at a place."""
    template = Template(text)
    way = template.way_to(place)
    if way[-2].key.value != "Events":
        raise Refusal("it is a resource of its own, which others may refer to")
    return _verified(template, [removed(template, way, frozenset(["Events"]))])


def deploy_gradually(text: str, *, places: Sequence[Location], alias: str, preference: str) -> Sequence[Edit]:
    """Let functions of SAM be deployed gradually, and an alarm on the errors of each take a faulty version back."""
    template = Template(text)
    made: list[tuple[Edit, Change]] = []
    for place in places:
        made += _deployed_gradually(template, _among_resources(template, place), alias, preference)
    return _verified(template, made)


def keep_logs(text: str, *, places: Sequence[Location], days: int) -> Sequence[Edit]:
    """Give each function at these places a log group of its own, which forgets."""
    template = Template(text)
    made: list[tuple[Edit, Change]] = []
    for place in places:
        resources, function = _among_resources(template, place)
        name = f"{function.key.value}Logs"
        if child(resources.value, name) is not None:
            raise Refusal(f"there is something else called {name}")
        made.append(put(template, function, ["Properties", "LoggingConfig", "LogGroup"], {"Ref": name}))
        group = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": days}}
        made.append(resource(template, function, name, group))
    return _verified(template, made)


def _among_resources(template: Template, place: Location) -> tuple[Entry, Entry]:
    """The section in which a resource stands whose name is at a place, and the resource."""
    way = template.way_to(place)
    if len(way) < 2:
        raise Refusal("it stands in a part of a template, which knows no `!Ref`")
    return way[-2], way[-1]


def _deployed_gradually(
    template: Template, way: tuple[Entry, Entry], alias: str, preference: str
) -> Sequence[tuple[Edit, Change]]:
    resources, function = way
    name = f"{function.key.value}Errors"
    if child(resources.value, name) is not None:
        raise Refusal(f"there is something else called {name}")
    stated = _stated_alias(template, function)
    wanted: dict[str, Any] = {"DeploymentPreference": {"Type": preference, "Alarms": [{"Ref": name}]}}
    if stated is not None:
        alias = str(stated.value.value)
        if stated.value.tag[:1] == "!" or not alias.isalnum():
            raise Refusal("its alias is not known")
    else:
        wanted = {"AutoPublishAlias": alias, **wanted}
    if child(function.value, "Properties") is None:
        made = [put(template, function, ["Properties"], wanted)]
    else:
        made = [put(template, function, ["Properties", one], value) for one, value in wanted.items()]
    return [*made, resource(template, function, name, alarm(str(function.key.value), alias))]


def _stated_alias(template: Template, function: Entry) -> Entry | None:
    """By the function itself, or for all in Globals."""
    there = template.section(int(function.path[0]), "Globals")
    shared = child(there.value, "Function") if there is not None else None
    for around in (child(function.value, "Properties"), shared):
        found = child(around.value, "AutoPublishAlias") if around is not None else None
        if found is not None:
            return found
    return None


def _names(block: Entry, name: str) -> Sequence[str]:
    """The way to a property in the words of the resource or event it belongs to."""
    kind = word(block.value, "Type")
    if name == "FunctionResponseTypes" and kind not in _MAPPINGS:
        raise Refusal("it is no event source mapping")
    return (_PLAIN.get(name, name) if kind == "AWS::Lambda::Function" else name).split(".")


def _in_globals(template: Template, functions: Sequence[Entry], name: str, value: Any) -> tuple[Edit, Change] | None:
    """Stated for all functions of a template, if these are all; None where it is not put there."""
    names = name.split(".")
    if not functions or names[0] not in _SHARED:
        return None
    document = int(functions[0].path[0])
    try:
        if {one.path for one in functions} != {one.path for one in template.functions(document)}:
            return None
        if any(child(one.value, "IgnoreGlobals") for one in functions):
            return None
        there = template.section(document, "Globals")
        if there is not None and child(there.value, "Function") is not None:
            return put(template, there, ["Function", *names], value)
        if len(functions) < 2:
            return None
        if there is not None:
            return put(template, there, ["Function", *names], value)
        for one in reversed(["Function", *names]):
            value = {one: value}
        return section(template, document, "Globals", value)
    except Refusal:
        return None


def _verified(template: Template, made: Sequence[tuple[Edit, Change]]) -> Sequence[Edit]:
    return template.verified([edit for edit, _ in made], [change for _, change in made])
