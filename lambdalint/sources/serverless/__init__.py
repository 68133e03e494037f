"""The Serverless Framework: from one `serverless.yml` to a stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.model.template import Function, Stack, Trigger
from lambdalint.sources.cloudformation import Context, finished
from lambdalint.sources.cloudformation.companions import Companions
from lambdalint.sources.cloudformation.functions import Draft, FunctionReader
from lambdalint.sources.cloudformation.references import FUNCTIONS, References
from lambdalint.sources.cloudformation.roles import give
from lambdalint.sources.cloudformation.surroundings import Queues, delivery_streams, state_machines
from lambdalint.sources.cloudformation.surroundings import apis as declared_apis
from lambdalint.sources.cloudformation.template import Resource
from lambdalint.sources.documents import Document
from lambdalint.sources.paths import join
from lambdalint.sources.serverless.apis import apis
from lambdalint.sources.serverless.events import EventReader
from lambdalint.sources.serverless.functions import Declaration, Translator, names_of
from lambdalint.sources.serverless.service import Service
from lambdalint.sources.serverless.words import made, normalized
from lambdalint.sources.values import Settings, Value


def is_service(document: Document) -> bool:
    """Whether a document declares a service."""
    sections = document.entries(document.root)
    return "provider" in sections and ("service" in sections or "functions" in sections)


def read(document: Document, context: Context, settings: Settings) -> tuple[Stack | None, Sequence[Document]]:
    """The stack that a service declares, if it is one for AWS. What is malformed in it is noted in `settings`."""
    files = context.files
    service = Service(document, files, settings)
    if not _is_for_aws(service):
        return None, ()
    folder = join(document.path, "..")
    ids = _announce(service)
    translator = Translator(service, settings, files, folder)
    declarations = {ids[one.name]: one for one in translator.declarations() if one.name in ids}
    for logical_id, one in declarations.items():
        service.make(translator.resource(one, logical_id))
    reader = FunctionReader(service, settings, files, folder, context.assets)
    references = References(service)
    queues = Queues(service, settings)
    payload = translator.shared.get("httpApi", "payload")
    events = EventReader(settings, queues, service.types, payload)
    drafts: dict[str, Draft] = {}
    for resource in service.resources(*FUNCTIONS):
        draft = reader.draft(resource)
        draft.update(triggers=[], triggers_known=True, permissions=[], alarms=[])
        drafts[resource.logical_id] = draft
        own = declarations.get(resource.logical_id)
        if own is not None:
            translator.complete(draft, own, reader)
            found, known = events.triggers(own.value.get("events"))
            draft.update(triggers=found, triggers_known=known and not own.value.opened)
    for name, trigger in _authorizers(translator, declarations):
        drafts[ids[name]]["triggers"].append(trigger)
    Companions(service, settings, references, reader, queues, files).complete(drafts)
    give(service, settings, drafts)
    functions = tuple(
        _placed(finished(draft, files), declarations.get(name), translator) for name, draft in drafts.items()
    )
    made_here = apis(
        translator.shared,
        translator.plugins,
        functions,
        {name: one.value.get("events") for name, one in declarations.items()},
    )
    stack = Stack(
        path=service.path,
        location=Location(service.path),
        format="serverless",
        functions=functions,
        queues=tuple(queues.all.values()),
        apis=(*made_here, *declared_apis(service, references, files)),
        delivery_streams=tuple(delivery_streams(service, references, settings)),
        state_machines=tuple(state_machines(service, references, files, folder)),
    )
    return stack, [one for one in service.documents.values() if one is not None]


def _is_for_aws(service: Service) -> bool:
    provider = service.value_of("provider")
    name = (provider.get("name") or provider) if provider is not None else None
    return name is not None and (name.data == "aws" or name.data is UNKNOWN)


def _announce(service: Service) -> dict[str, str]:
    """Put in what the framework makes, so that references to it lead somewhere; what its functions are called.

    In findings that is as in the file, unless a resource is called so too.
    """
    names = dict(names_of(service))
    made_ids = {name: f"{normalized(name)}LambdaFunction" for name in names}
    ids = {name: made_ids[name] if name in service.types else name for name in names}
    service.make(*(_resource(ids[name], "AWS::Lambda::Function", Value({}, names[name])) for name in names))
    service.alias({made_ids[name]: ids[name] for name in names})
    for name, place, spot in service.entries(service.find("layers")):
        properties = made(place, ContentUri=spot.part.value(spot.node, spot.key).get("path"))
        service.make(_resource(f"{normalized(name)}LambdaLayer", "AWS::Serverless::LayerVersion", properties))
    for name, place, spot in service.entries(service.find("stepFunctions", "stateMachines")):
        properties = made(place, Definition=spot.part.value(spot.node, spot.key).get("definition"))
        service.make(_resource(name, "AWS::StepFunctions::StateMachine", properties))
    return ids


def _resource(logical_id: str, type_: str, properties: Value) -> Resource:
    return Resource(logical_id, type_, properties.location, properties, None, None, False, False, None, False)


def _authorizers(translator: Translator, declarations: Mapping[str, Declaration]) -> Iterator[tuple[str, Trigger]]:
    """The functions that decide who may call an API: named by events, or by the provider."""
    seen: set[str] = set()
    names = {one.name for one in declarations.values()}
    stated: list[Value | None] = [
        one.get("functionName") for _, one in (translator.shared.get("httpApi", "authorizers") or _NOTHING).entries()
    ]
    for one in declarations.values():
        for event in (one.value.get("events") or _NOTHING).elements():
            for kind in ("http", "websocket"):
                value = event.get(kind, "authorizer")
                stated.append((value.get("name") or value) if value is not None else None)
    for value in stated:
        name = value.data if value is not None else None
        if value is not None and isinstance(name, str) and name in names and name not in seen:
            seen.add(name)
            yield name, Trigger("authorizer", value.location)


_NOTHING = Value({}, Location(""))


def _placed(function: Function, one: Declaration | None, translator: Translator) -> Function:
    """The function as it is told of, with the application behind the handler of a plugin."""
    if one is None:
        return function._replace(format="serverless")
    if one.value.get("name") is None:
        function = function._replace(function_name=None)
    application = translator.packages.application(one.value)
    if application is None:
        return function
    found = translator.files.handler(translator.folder, application)
    if found is None:
        return function._replace(is_python=False)
    return function._replace(is_python=True, handler_path=found[0], handler_name=found[1])
