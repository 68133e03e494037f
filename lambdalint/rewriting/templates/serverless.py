"""Fixes of a `serverless.yml`: in the function, or by the provider where all functions lack it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from lambdalint.check import Edit, Refusal
from lambdalint.model import Location
from lambdalint.rewriting.templates.changing import removed, replaced
from lambdalint.rewriting.templates.inserting import Writer, alarm, append, below, put, resource
from lambdalint.rewriting.templates.source import Change, Entry, Template, child, entries, meaning, word
from lambdalint.sources.documents import Map, Scalar
from lambdalint.sources.documents import Sequence as List
from lambdalint.sources.serverless.words import normalized

_WORDS = {
    "Architectures": "architecture",
    "MemorySize": "memorySize",
    "Timeout": "timeout",
    "Tracing": "tracing",
    "LoggingConfig.LogFormat": "logs.logFormat",
    "RetentionInDays": "logRetentionInDays",
    "FunctionResponseTypes": "functionResponseType",
}
_SHARED: dict[str, tuple[str, Any]] = {
    "Tracing": ("tracing.lambda", True),
    "LoggingConfig.LogFormat": ("logs.lambda.logFormat", None),
}
"""What the provider says with other words, and another value."""
_LOGGING = 4
"""The version that has words for the form of a log."""
_DEPLOYING = "serverless-plugin-canary-deployments"
_CONTAINERS = frozenset({"environment"})
"""What nothing is lost with, once it is empty."""
_MAPPINGS = frozenset({"sqs", "stream", "msk", "kafka", "activemq", "rabbitmq"})

Made = tuple[Edit, Change]


def state(text: str, *, places: Sequence[Location], name: str, value: Any) -> Sequence[Edit]:
    """Give the functions or events whose names stand at these places a setting, by its name in SAM."""
    template = Template(text)
    ways = [template.way_to(place) for place in places]
    if name == "FunctionResponseTypes":
        return _verified(template, [_answering(template, way[-1], value[0]) for way in ways])
    if name == "LoggingConfig.LogFormat":
        _check_version(template)
    if name == "Architectures":
        value = value[0]
    shared = _by_provider(template, [way[-1] for way in ways], name, value)
    if shared is not None:
        return _verified(template, [shared])
    if any(way[0].key.value == "constructs" for way in ways):
        raise Refusal("a plugin makes it of something else")
    names = _WORDS[name].split(".")
    return _verified(template, [put(template, way[-1], names, value) for way in ways])


def replace(text: str, *, place: Location, old: str, new: str, owner: Location | None = None) -> Sequence[Edit]:
    """Write `new` for `old`, which a function or the provider states at a place."""
    template = Template(text)
    return _verified(template, [replaced(template, template.owned(place, owner, "provider"), old, new)])


def remove(text: str, *, place: Location, owner: Location | None = None) -> Sequence[Edit]:
    """Take out what a function or the provider states at a place."""
    template = Template(text)
    return _verified(template, [removed(template, template.owned(place, owner, "provider"), _CONTAINERS)])


def keep_logs(text: str, *, places: Sequence[Location], days: int) -> Sequence[Edit]:
    """Let the log groups that the framework makes forget."""
    return state(text, places=places, name="RetentionInDays", value=days)


def deploy_gradually(text: str, *, places: Sequence[Location], alias: str, preference: str) -> Sequence[Edit]:
    """Let a plugin deploy functions gradually, and an alarm on the errors of each take a faulty version back."""
    template = Template(text)
    functions = [template.way_to(place)[-1] for place in places]
    document = int(functions[0].path[0])
    _check_versions(template, document, functions)
    alarms: dict[str, Any] = {}
    made: list[Made] = []
    for function in functions:
        id_ = normalized(str(function.key.value))
        alarms[f"{id_}Errors"] = alarm(f"{id_}LambdaFunction", alias)
        wanted = {"type": preference, "alias": alias, "alarms": [f"{id_}Errors"]}
        made.append(put(template, function, ["deploymentSettings"], wanted))
    return _verified(template, [*_with_plugin(template, document), *made, *_resources(template, document, alarms)])


def remove_event(text: str, *, place: Location) -> Sequence[Edit]:
    """Take out the event of a function that begins at a place, and the list where nothing else is in it."""
    template = Template(text)
    *above, events, event = template.way_to(place)
    listed = events.value
    if not isinstance(listed, List) or len(event.holder.value) != 1 or listed.flow_style or event.holder.flow_style:
        raise Refusal("it does not stand in a list as an item of its own")
    if len(listed.value) == 1:
        return _verified(template, [removed(template, [*above, events], frozenset())])
    if any(one.is_shared for one in (*above, events, event)):
        raise Refusal("it stands in an alias, which others may share")
    start, end = template.line_start(int(event.key.start_mark.index)), template.after(event)
    if template.margin(event.key).strip() != "-":
        raise Refusal("it shares its line with something else")
    if any(line.lstrip().startswith("#") for line in template.text[start:end].splitlines()):
        raise Refusal("a comment stands in what would go")
    left = [meaning(one) for one in listed.value if one is not event.holder]
    return _verified(template, [(Edit(start, end, ""), Change(events.path, left))])


def _verified(template: Template, made: Sequence[Made]) -> Sequence[Edit]:
    return template.verified([edit for edit, _ in made], [change for _, change in made])


def _check_version(template: Template) -> None:
    """Refuse what older versions of the framework read over."""
    for document in template.documents:
        found = re.search(r"\d+", word(document.root, "frameworkVersion"))
        if found is not None and int(found[0]) < _LOGGING:
            raise Refusal(f"the Serverless Framework knows it from version {_LOGGING} on")


def _check_versions(template: Template, document: int, functions: Sequence[Entry]) -> None:
    """Refuse where there are no versions, or something else has an alias for them."""
    provider = template.section(document, "provider")
    if provider is None or template.section(document, "functions") is None:
        raise Refusal("what the provider states stands in another file")
    if word(provider.value, "versionFunctions") == "false":
        raise Refusal("the provider is told to keep no versions")
    for function in functions:
        if function.path[1] != "functions":
            raise Refusal("a plugin makes it of something else")
        if any(child(function.value, one) is not None for one in ("provisionedConcurrency", "snapStart")):
            raise Refusal("the framework makes another alias for it")


def _with_plugin(template: Template, document: int) -> Iterator[Made]:
    """The plugin that does it, if it is not named yet."""
    there = template.section(document, "plugins")
    if there is None:
        yield below(template, document, "plugins", [_DEPLOYING], beside="provider")
        return
    holder = child(there.value, "modules", there.path) if isinstance(there.value, Map) else there
    if holder is None or not isinstance(holder.value, List):
        raise Refusal("its plugins stand in another file")
    if not any(isinstance(one, Scalar) and one.value == _DEPLOYING for one in holder.value.value):
        yield append(template, holder, _DEPLOYING)


def _resources(template: Template, document: int, wanted: dict[str, Any]) -> Iterator[Made]:
    """Resources of CloudFormation, behind those that are there."""
    there = template.section(document, "resources")
    if there is None:
        yield below(template, document, "resources", {"Resources": wanted})
        return
    inner = child(there.value, "Resources", there.path)
    if not isinstance(there.value, Map) or (inner is not None and not isinstance(inner.value, Map)):
        raise Refusal("its resources stand in other files")
    if inner is None:
        yield put(template, there, ["Resources"], wanted)
        return
    last = [*entries(inner.value, inner.path)][-1:]
    for name, value in wanted.items():
        if child(inner.value, name) is not None:
            raise Refusal(f"there is something else called {name}")
        yield resource(template, last[0], name, value) if last else put(template, inner, [name], value)


def _by_provider(template: Template, functions: Sequence[Entry], name: str, value: Any) -> Made | None:
    """Stated for all functions of a service, if these are all; None where it is not put there."""
    document = int(functions[0].path[0])
    provider = template.section(document, "provider")
    section = template.section(document, "functions")
    if provider is None or section is None or template.section(document, "constructs") is not None:
        return None
    try:
        if {one.path for one in functions} != {one.path for one in _all(section)}:
            return None
        names, other = _SHARED.get(name, (_WORDS[name], None))
        return put(template, provider, names.split("."), value if other is None else other)
    except Refusal:
        return None


def _all(section: Entry) -> Iterator[Entry]:
    """The functions of a service, which may stand in a list of maps. Refuses what stands in other files."""
    if isinstance(section.value, Map):
        listed = [(section.value, section.path)]
    elif isinstance(section.value, List):
        listed = [(one, (*section.path, number)) for number, one in enumerate(section.value.value)]
    else:
        listed = []
    if not listed or not all(isinstance(one, Map) for one, _ in listed):
        raise Refusal("functions stand in other files")
    for holder, path in listed:
        for entry in entries(holder, path):
            if entry.key.value == "<<":
                raise Refusal("functions stand somewhere else")
            yield entry


def _answering(template: Template, event: Entry, value: str) -> Made:
    """An event that heeds what its function names as failed; where only its source stands, that gets a name."""
    if event.key.value not in _MAPPINGS:
        raise Refusal("it is no event source mapping")
    name = _WORDS["FunctionResponseTypes"]
    if not isinstance(event.value, Scalar):
        return put(template, event, [name], value)
    start, end = int(event.value.start_mark.index), int(event.value.end_mark.index)
    source = template.text[start:end]
    if event.is_shared or event.holder.flow_style or not source or "\n" in source:
        raise Refusal("its source does not stand there as such")
    write = Writer(template, event.holder, list(entries(event.holder)))
    margin = " " * event.key.start_mark.column + write.step
    written = f"{template.newline}{margin}arn: {source}{template.newline}{margin}{name}: {write.scalar(value)}"
    colon = template.text.index(":", int(event.key.end_mark.index)) + 1
    at_end = template.text[end:].partition("\n")[0].strip()
    if at_end or template.text[colon:start].strip():
        raise Refusal("a comment stands beside it")
    stated = {"arn": meaning(event.value), name: value}
    return Edit(colon, end, written), Change(event.path, stated)
