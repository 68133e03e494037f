"""LL307: a region, an account or the name of a resource is written in the code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import service, text, through
from lambdalint.checks.handler import _settings as settings
from lambdalint.model import Argument, Call, Handler, Location

LONGEST = 60


class Setting(NamedTuple):
    """A value that should come from outside, and how sure that is."""

    noun: str
    value: str
    location: Location
    call: Call
    sure: bool = True
    severity: Severity | None = None


@check(Handler, code="LL307", severity=Severity.WARNING, since="0.1")
def hardcoded_config(handler: Handler) -> Iterator[Problem]:
    """A region, an account or the name of a resource is written in the code.

    **Why it matters.** The same code runs in each stage, account and region, but a name in it fits only one. A second
    stack then reads and writes what belongs to the first, or fails, and nothing in the template says so. A resource
    that CloudFormation replaces gets a new name, and the function does not learn of it.

    **Bad**

    ```python
    import boto3

    dynamodb = boto3.client("dynamodb", region_name="eu-west-1")  # LL307

    def handler(event, context):
        dynamodb.put_item(TableName="orders", Item={"id": {"S": event["id"]}})  # LL307
    ```

    **Good**

    ```python
    import os
    import boto3

    dynamodb = boto3.client("dynamodb")
    TABLE = os.environ["TABLE"]

    def handler(event, context):
        dynamodb.put_item(TableName=TABLE, Item={"id": {"S": event["id"]}})
    ```

    Lambda sets `AWS_REGION`, and an SDK client takes it from there. A literal that is only the default of an
    environment variable is not reported. Nor are regions that a service demands (us-east-1 for CloudFront, pricing,
    certificates of CloudFront), placeholders, account numbers of documentation, what AWS offers to everyone, local
    endpoints, and functions of Lambda@Edge, which have no environment variables. A Bedrock model is advice: it can be
    retired, and is not offered in each region.

    **Ignore it when** the resource belongs to another team or vendor, and is one and the same for all stages.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    if any(len(read.path) > 2 and read.path[0] == "Records" and read.path[2] == "cf" for read in handler.reads):
        return
    seen = set()
    # A literal may serve several calls: what the surest of them says, is said.
    for setting in sorted(_settings(handler), key=lambda one: not one.sure):
        if setting.location in seen:
            continue
        seen.add(setting.location)
        value = setting.value if len(setting.value) <= LONGEST else setting.value[: LONGEST - 3] + "..."
        mend = "leave it out, Lambda sets it" if setting.noun == "region" else "read it from an environment variable"
        message = f'the {setting.noun} "{value}" is written in the code{through(setting.call)}; {mend}'
        yield Problem(setting.location, message, None, setting.call.trace, setting.severity, setting.sure)


def _settings(handler: Handler) -> Iterator[Setting]:
    for calls in (handler.warm_calls, handler.init_calls):
        for call in calls.named(settings.BUILDERS):
            yield from _of_builder(call, [*handler.warm_calls.named(CLIENTS), *handler.init_calls.named(CLIENTS)])
        for call in calls.operations:
            yield from _of_operation(call)
        for call in calls.named(settings.PAGINATED):
            yield from _of_operation(call)
        for call in calls.named(settings.RESOURCES):
            argument = call.argument(0, *settings.RESOURCE_PARAMETERS)
            yield from _named(settings.RESOURCES[call.name], argument, call)


CLIENTS = frozenset({"boto3.Session().client", "boto3.Session().resource", "boto3.client", "boto3.resource"})
KEY = (6, "aws_access_key_id")
CREDENTIALS = {"boto3.Session": (0, "aws_access_key_id")}
"""Where a client, or what it is made of, is told whose key it uses."""


def _of_builder(call: Call, clients: list[Call]) -> Iterator[Setting]:
    """The region and the endpoint that a client, or what clients are made of, is given."""
    endpoint = call.argument(None, "endpoint_url")
    url = text(endpoint)
    if url is not None and settings.is_local(url):
        return
    region = call.argument(settings.REGION_AT.get(call.name, 1), "region_name")
    name = text(region)
    if region is not None and name is not None and region.literal and settings.REGION.fullmatch(name):
        services = {service(call)} if call.name in CLIENTS else _made_of(call, clients, region)
        certain = [_region_certainty(name, one) for one in services]
        if not certain or any(one is not None for one in certain):
            # Who brings credentials of his own may talk to another account, in a region of its own.
            sure = bool(certain) and any(certain) and call.argument(*CREDENTIALS.get(call.name, KEY)) is None
            yield Setting("region", name, region.literal, call, sure)
    if endpoint is None or url is None or endpoint.literal is None or settings.is_placeholder(url):
        return
    if settings.ENDPOINT.fullmatch(url) and service(call) not in settings.ANYWHERE:
        host = settings.REGION.search(url)
        sure = host is None or _region_certainty(host[0], service(call)) is True
        yield Setting("endpoint", url, endpoint.literal, call, sure)


def _made_of(call: Call, clients: list[Call], region: Argument) -> set[str | None]:
    """The services of the clients that are made of a session or configuration in this region."""
    found = set()
    for client in clients:
        config = client.argument(None, "config")
        made = (client.receiver, *(config.calls if config is not None else ()))
        if any(one is not None and one.location == call.location and _is_in(one, region) for one in made):
            found.add(service(client))
    return found


def _is_in(call: Call, region: Argument) -> bool:
    """Whether it is this region that the call is given: the line may serve many callers, each with its own."""
    given = call.argument(settings.REGION_AT.get(call.name, 1), "region_name")
    return given is not None and given.literal == region.literal


def _region_certainty(region: str, name: str | None) -> bool | None:
    """Whether a service in a fixed region is certainly wrong (True), likely (False), or right (None)."""
    if name in settings.ANYWHERE or name in settings.GLOBAL_IN.get(region, ()):
        return None
    if name is None or name in settings.ELSEWHERE or name.startswith(settings.FEW_REGIONS):
        return False
    return not (region == "us-east-1" and name in settings.US_EAST_1_FOR_GLOBAL)


def _of_operation(call: Call) -> Iterator[Setting]:
    """The names of resources, the ARNs and the queue URLs that an operation is given."""
    for parameter, argument in call.keywords.items():
        if argument.text:
            yield from _addressed(argument, call)
        if not isinstance(argument.value, str) or argument.literal is None:
            continue
        noun = settings.NAMES.get(parameter) or settings.NAMES_OF.get((call.service, call.operation, parameter))
        likely = settings.LESS_SURE_NAMES.get((call.service, parameter))
        if noun is not None:
            if not call.operation.startswith("create_"):
                yield from _named(noun, argument, call)
        elif likely is not None:
            yield from _named(likely, argument, call, sure=False)
        elif parameter == settings.MODEL and settings.MODEL_ID.fullmatch(argument.value):
            yield from _named("model", argument, call, severity=Severity.ADVICE)
        else:
            yield from _addressed(argument, call)
    if call.service == "s3" and call.operation in settings.POSITIONS:
        position, noun = settings.POSITIONS[call.operation]
        yield from _named(noun, call.argument(position, "Bucket"), call)


def _named(
    noun: str, argument: Argument | None, call: Call, *, sure: bool = True, severity: Severity | None = None
) -> Iterator[Setting]:
    value = text(argument)
    if argument is None or value is None or argument.literal is None or settings.is_placeholder(value):
        return
    if value.startswith(("arn:", "http")):
        if noun != "model":
            yield from _addressed(argument, call)
            return
    if value not in settings.EXAMPLE_ACCOUNTS:
        yield Setting(noun, value, argument.literal, call, sure, severity)


def _addressed(argument: Argument, call: Call) -> Iterator[Setting]:
    """An ARN or queue URL whose account is written there, whatever stands behind it."""
    parts = argument.text or (argument,)
    value = "".join(part.value if isinstance(part.value, str) else "{}" for part in parts)
    location = parts[0].literal if parts else None
    if location is None:
        return
    found, noun = settings.ARN.match(value), "ARN"
    account = found[3] if found else ""
    if found is None:
        found, noun = settings.QUEUE_URL.match(value), "queue URL"
        account = found[1] or "" if found else ""
    if found and not settings.is_anyones(account) and not settings.is_placeholder(value.replace("{}", "")):
        yield Setting(noun, value, location, call)
