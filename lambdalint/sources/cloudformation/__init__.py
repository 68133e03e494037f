"""CloudFormation and SAM: from one document to a stack."""

from __future__ import annotations

from collections.abc import Sequence

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.model.template import Alarm, Function, Setting, Stack, Trigger
from lambdalint.sources.cloudformation.assembly import Assets
from lambdalint.sources.cloudformation.companions import Companions
from lambdalint.sources.cloudformation.events import triggers
from lambdalint.sources.cloudformation.functions import Draft, FunctionReader
from lambdalint.sources.cloudformation.nesting import Nesting
from lambdalint.sources.cloudformation.references import FUNCTIONS, References
from lambdalint.sources.cloudformation.roles import give
from lambdalint.sources.cloudformation.surroundings import Queues, apis, delivery_streams, implied_apis, state_machines
from lambdalint.sources.cloudformation.template import INCLUDE, Declarations, Template
from lambdalint.sources.documents import Document
from lambdalint.sources.handlers import located
from lambdalint.sources.paths import Files, join
from lambdalint.sources.values import Complaint, Settings

_NOT_OF_A_FUNCTION = frozenset({"properties", "alias_of", "connected"})


def is_template(document: Document) -> bool:
    """Whether a document declares resources of AWS."""
    sections = document.entries(document.root)
    if "Resources" not in sections:
        return "AWSTemplateFormatVersion" in sections and not sections.keys().isdisjoint((INCLUDE, "Transform"))
    resources = document.entries(sections["Resources"][1])
    types = (document.entries(node).get("Type") for _, node in resources.values())
    return any(pair is not None and str(pair[1].value).startswith(("AWS::", "Custom::")) for pair in types) or any(
        name == INCLUDE or name.startswith("Fn::ForEach::") for name in resources
    )


class Context:
    """What stands around a template."""

    def __init__(self, files: Files, nesting: Nesting) -> None:
        self.files = files
        self.nesting = nesting
        self.assets = Assets(files)


def read(document: Document, context: Context, settings: Settings) -> Stack:
    """The stack that a template declares. What is malformed in it is noted in `settings`."""
    files = context.files
    template = context.nesting.template(document, files)
    reader = FunctionReader(template, settings, files, join(document.path, ".."), context.assets)
    _nested(template, context, settings)
    stack = stack_of(template, reader, Companions)
    return stack._replace(format=_format(template, stack.functions))


def stack_of(template: Declarations, reader: FunctionReader, companions: type[Companions]) -> Stack:
    """The stack of what is declared in the words of CloudFormation."""
    settings, files = reader.settings, reader.files
    references = References(template)
    queues = Queues(template, settings)
    drafts: dict[str, Draft] = {}
    for resource in template.resources(*FUNCTIONS):
        draft = reader.draft(resource)
        properties = draft["properties"]
        found, known = triggers(properties.get("Events"), settings, queues)
        draft.update(triggers=found, triggers_known=known, permissions=[], alarms=[])
        drafts[resource.logical_id] = draft
    if drafts:
        companions(template, settings, references, reader, queues, files).complete(drafts)
        give(template, settings, drafts)
    if template.opened:
        for draft in drafts.values():
            _leave_open(draft)
    return Stack(
        path=template.path,
        location=Location(template.path),
        format="cloudformation",
        functions=tuple(finished(draft, files) for draft in drafts.values()),
        queues=(*queues.all.values(), *queues.below.values()),
        apis=(*apis(template, references, files), *implied_apis(template, drafts)),
        delivery_streams=tuple(delivery_streams(template, references, settings)),
        state_machines=tuple(state_machines(template, references, files, reader.folder)),
    )


def _leave_open(draft: Draft) -> None:
    """Note of a function that there may be resources about it which nobody knows."""
    place = draft["location"]
    draft.update(triggers_known=False, policies_known=False, provisioned_scaling=True)
    draft["alarms"].append(Alarm(place))
    for name in ("log_retention_days", "on_failure", "provisioned_on"):
        if draft.get(name) is None:
            draft[name] = Setting(UNKNOWN, place)


def _nested(template: Template, context: Context, settings: Settings) -> None:
    """Note which nested templates are not followed."""
    for use in context.nesting.learn(template, context.files):
        context.files.may_read(use.child, use.location)
    for place in context.nesting.circle(template.path, context.files):
        settings.complaints.append(Complaint(place, "this template is nested within itself"))


def _format(template: Template, functions: Sequence[Function]) -> str:
    types = set(template.types.values())
    if "AWS::CDK::Metadata" in types or any(function.format == "cdk" for function in functions):
        return "cdk"
    return "sam" if any(type_.startswith("AWS::Serverless::") for type_ in types) else "cloudformation"


def finished(draft: Draft, files: Files) -> Function:
    """The function of a draft to which nothing more is added."""
    published = draft.get("alias_of")
    if draft.get("alias") is None and published is not None:
        draft["alias"] = published
    if draft["connected"]:
        draft["policies_known"] = False
    url = draft.get("url")
    fields = {key: value for key, value in draft.items() if key not in _NOT_OF_A_FUNCTION}
    if url is not None:
        fields["triggers"] = [*fields["triggers"], Trigger("url", url.location)]
    for name in ("triggers", "permissions", "alarms"):
        fields[name] = tuple(fields[name])
    return located(Function(**fields), files)
