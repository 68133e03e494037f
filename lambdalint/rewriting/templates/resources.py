"""Resources of Terraform that come or go as a whole, beside a function or what invokes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lambdalint.check import Edit, Refusal
from lambdalint.model import Location
from lambdalint.rewriting.templates.aligning import Made, taken_out, whole_lines
from lambdalint.rewriting.templates.hcl import Path, Source
from lambdalint.rewriting.templates.versions import declares, is_older, provider_is_older, texts
from lambdalint.sources.terraform.syntax import HclNode as Node

_REGISTRY = "terraform-aws-modules/lambda/aws"
_DEPLOYING_MODULE = 8
_DEPLOYING_PROVIDER = (6, 28)
"""The version of the module that starts deployments, and what it asks of the provider."""
_TARGET = "aws_cloudwatch_event_target"
_RULE = re.compile(r"aws_cloudwatch_event_rule\.([\w-]+)\.(?:name|id)")
_LOG_GROUP = """\
resource "aws_cloudwatch_log_group" "{group}" {{
  name              = "/aws/lambda/${{aws_lambda_function.{name}.function_name}}"
  retention_in_days = {days}
}}
"""
_DEPLOYMENT = """\
resource "aws_lambda_alias" "{live}" {{
  name             = "{alias}"
  function_name    = {function}
  function_version = {version}

  lifecycle {{
    ignore_changes = [function_version, routing_config] # CodeDeploy shifts the traffic
  }}
}}

resource "aws_cloudwatch_metric_alarm" "{errors}" {{
  alarm_name          = "${{{function}}}-errors"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"

  dimensions = {{
    FunctionName = {function}
    Resource     = "${{{function}}}:{alias}"
  }}
}}

module "{deployment}" {{
  source{pad} = "{source}"
{constraint}
  function_name  = {function}
  alias_name     = aws_lambda_alias.{live}.name
  target_version = {version}

  app_name               = {function}
  deployment_group_name  = "{alias}"
  deployment_config_name = "CodeDeployDefault.Lambda{preference}"
  alarms                 = [aws_cloudwatch_metric_alarm.{errors}.alarm_name]

  create_app              = true
  create_deployment_group = true
  create_deployment       = true
  run_deployment          = true
  alarm_enabled           = true

  depends_on = [aws_lambda_alias.{live}] # which it looks up
}}
"""


def kind(source: Source, node: Node) -> str:
    """`module`, or the type of the resource."""
    words = _head(source, node)
    return words[1] if len(words) > 1 and words[0] == "resource" else words[0]


def log_group(source: Source, block: Node, place: Location, days: int) -> Made:
    """A log group that forgets, under the name that Lambda gives it."""
    name = _head(source, block)[-1]
    group = _called(name, "logs")
    _check_alone(source, block)
    if declares(source.text, place.path, "aws_cloudwatch_log_group", group):
        raise Refusal(f"there is another log group called {group}")
    return _behind(source, block, _LOG_GROUP.format(group=group, name=name, days=days))


def deployment(source: Source, block: Node, place: Location, alias: str, preference: str) -> Made:
    """An alias, an alarm on its errors, and what tells CodeDeploy of each version: the provider has no words for it."""
    _check_alone(source, block)
    *_, name = _head(source, block)
    is_module = kind(source, block) == "module"
    words = {one: _called(name, one) for one in ("live", "errors", "deployment")}
    types = {"live": "aws_lambda_alias", "errors": "aws_cloudwatch_metric_alarm", "deployment": "module"}
    for one, called in words.items():
        if declares(source.text, place.path, types[one], called):
            raise Refusal(f"there is something else called {called}")
    of = f"module.{name}.lambda_function_" if is_module else f"aws_lambda_function.{name}."
    where, constraint = _deploying_module(source, block, place)
    text = _DEPLOYMENT.format(
        **words,
        alias=alias,
        preference=preference,
        function=f"{of}{'name' if is_module else 'function_name'}",
        version=f"{of}version",
        source=where,
        pad=" " if constraint else "",
        constraint=f"  version = {constraint}\n" if constraint else "",
    )
    return _behind(source, block, text)


def unscheduled(source: Source, node: Node, place: Location) -> Made:
    """Without a schedule, or without the target of a rule; and without that rule, if nothing else needs it then."""
    _check_alone(source, node)
    if _is_named(source, place, _address(source, node), [node]):
        raise Refusal("something else refers to it")
    going = [node, *_idle(source, node, place)]
    changes: dict[Path, str | None] = {}
    edits: list[Edit] = []
    for one in going:
        made, meant = taken_out(source, one)
        edits += made
        changes.update(meant)
    return [*_united(source, edits)], changes


def _idle(source: Source, target: Node, place: Location) -> Sequence[Node]:
    """The rule of a target that goes, and the permission to invoke what it did, where nothing else refers to them."""
    stated = source.named(target, "rule") if kind(source, target) == _TARGET else None
    named = _RULE.fullmatch(source.text_of(stated.value)) if stated is not None else None
    rule = _declared(source, "aws_cloudwatch_event_rule", named[1]) if named is not None else None
    if rule is None:
        return []
    permissions = [
        one
        for one in _blocks(source)
        if kind(source, one) == "aws_lambda_permission"
        and _mentions(source.text_of(one), _address(source, rule))
        and not _is_named(source, place, _address(source, one), [one])
    ]
    if _is_named(source, place, _address(source, rule), [target, *permissions]):
        return []
    return [rule, *permissions]


def _deploying_module(source: Source, block: Node, place: Location) -> tuple[str, str]:
    """Where the module that starts deployments is found, and which versions of it: those of the module that is there
    already."""
    if provider_is_older(source.text, place.path, *_DEPLOYING_PROVIDER):
        least = ".".join(map(str, _DEPLOYING_PROVIDER))
        raise Refusal(f"what starts deployments needs version {least} of the provider for AWS")
    if kind(source, block) != "module":
        return f"{_REGISTRY}//modules/deploy", f'"~> {_DEPLOYING_MODULE}.0"'
    stated, version = source.named(block, "source"), source.named(block, "version")
    where = source.text_of(stated.value).strip('"').rstrip("/") if stated is not None else ""
    if not where.endswith(_REGISTRY):
        raise Refusal("its module does not come from a registry")
    constraint = source.text_of(version.value) if version is not None else ""
    if is_older(constraint.strip('"'), _DEPLOYING_MODULE):
        raise Refusal(f"what starts deployments needs version {_DEPLOYING_MODULE} of the module")
    return f"{where}//modules/deploy", constraint


# -- blocks --------------------------------------------------------------------------------------------


def _behind(source: Source, block: Node, text: str) -> Made:
    """Whole blocks behind another one, with a blank line between them."""
    entry = source.entry(block)
    if not source.has_own_lines(entry):
        raise Refusal("it shares its line with something else")
    at = source.line_end(entry.end)
    lines = ["", *text.splitlines()]
    if at < len(source.text) and not source.is_blank(at):
        lines.append("")
    return [whole_lines(source, at, lines)], dict(Source(text).outline())


def _check_alone(source: Source, block: Node) -> None:
    """Refuse what stands for several things, and what is not where all else is."""
    names = {one.name for one in source.entries(block)}
    if names & {"count", "for_each"}:
        raise Refusal("it stands for several functions at once")
    if names & {"provider", "providers"}:
        raise Refusal("it has a provider of its own")


def _called(name: str, what: str) -> str:
    """A name beside another one, as that is written."""
    return f"{name}-{what}" if "-" in name and "_" not in name else f"{name}_{what}"


def _head(source: Source, node: Node) -> Sequence[str]:
    """`resource`, its type and its name."""
    return [source.text_of(one).strip('"') for one in node.children if one.type in ("identifier", "string_lit")]


def _blocks(source: Source) -> Iterator[Node]:
    return (one.node for one in source.entries(source.root) if one.is_block)


def _declared(source: Source, type_: str, name: str) -> Node | None:
    head = ["resource", type_, name]
    found = next((one for one in _blocks(source) if _head(source, one) == head), None)
    if found is not None:
        _check_alone(source, found)
    return found


# -- references ----------------------------------------------------------------------------------------


def _address(source: Source, node: Node) -> str:
    return ".".join(_head(source, node)[1:])


def _mentions(text: str, address: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(address)}(?![\w-])", text) is not None


def _is_named(source: Source, place: Location, address: str, within: Sequence[Node]) -> bool:
    """Whether anything in a module refers to a resource, but for these blocks of this file."""
    here, *others = texts(source.text, place.path)
    for node in sorted(within, key=lambda one: one.start_byte, reverse=True):
        here = here[: source.index(node.start_byte)] + here[source.index(node.end_byte) :]
    return any(_mentions(one, address) for one in (here, *others))


def _united(source: Source, edits: Sequence[Edit]) -> Sequence[Edit]:
    """What is taken out, each blank line between two of them once, and none at the start of the file."""
    united: list[Edit] = []
    for edit in sorted(edits):
        if united and edit.start <= united[-1].end:
            last = united.pop()
            edit = Edit(last.start, max(edit.end, last.end), "")
        united.append(edit)
    start, end, _ = united[0]
    if not start and source.is_blank(end):
        united[0] = Edit(start, source.line_end(end), "")
    return united
