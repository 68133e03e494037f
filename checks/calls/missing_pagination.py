"""LL405: only the first page of a result is read."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Fix, Problem, Severity, check
from lambdalint.checks._fixes import paginating
from lambdalint.checks._libraries import text, through
from lambdalint.checks._operations import Page, operation
from lambdalint.checks.calls._surroundings import inside
from lambdalint.model import Call, Handler

STYLES = ("list_", "describe_", "scan", "query")
"""How operations begin of which one expects all there is."""

LISTS_BY_ANOTHER_NAME = frozenset(
    {
        ("apigateway", "get_api_keys"),
        ("apigateway", "get_resources"),
        ("apigateway", "get_rest_apis"),
        ("apigateway", "get_usage_plans"),
        ("apigatewayv2", "get_apis"),
        ("glue", "get_databases"),
        ("glue", "get_partitions"),
        ("glue", "get_tables"),
        ("resourcegroupstaggingapi", "get_resources"),
        ("ssm", "get_parameters_by_path"),
    }
)
"""`get_` mostly gives one thing; these give many."""

GIVES_ALL = frozenset({("s3", "list_buckets"), ("sqs", "list_queues")})
"""Operations that divide into pages only if they are asked to; so do those of EC2."""

A_PAGE_AT_MOST = frozenset(
    {
        ("controltower", "list_landing_zones"),
        ("events", "list_targets_by_rule"),
        ("guardduty", "list_detectors"),
        ("guardduty", "list_organization_admin_accounts"),
        ("iam", "list_account_aliases"),
        ("kms", "list_key_policies"),
        ("macie2", "list_organization_admin_accounts"),
        ("oam", "list_sinks"),
        ("organizations", "list_parents"),
        ("organizations", "list_policies_for_target"),
        ("organizations", "list_roots"),
        ("securityhub", "list_organization_admin_accounts"),
        ("sso-admin", "list_instances"),
    }
)
"""Of these there is one in an account, or a quota keeps them below a page."""

BELONGS_TO_ONE = ("UserName", "RoleName", "GroupName", "InstanceProfileName", "PolicyArn")
"""In IAM, quotas keep what belongs to one user, role, group or policy below a page."""

ONE_OR_FEW = (
    "id", "ids", "name", "names", "arn", "arns", "identifier", "identifiers", "filter", "filters", "prefix", "query",
    "alias", "pattern", "expression", "keyword", "keywords",
)  # fmt: skip
"""How arguments end, in small letters, that narrow what an operation gives."""

MORE = frozenset({"HasMore", "HasMoreResults", "IsTruncated", "Truncated", "isTruncated", "truncated"})
"""Results that tell that there is more, besides the token itself."""

FILTERED_PAGES = ("FilterExpression", "QueryFilter", "ScanFilter", "**")
"""Arguments of DynamoDB that are applied to each page once it is read: the first page may come out empty."""

COUNTS = frozenset({"Count", "ScannedCount", "KeyCount"})


@check(Handler, code="LL405", severity=Severity.WARNING, since="0.1")
def missing_pagination(handler: Handler) -> Iterator[Problem]:
    """Only the first page of a result is read.

    **Why it matters.** A page of S3 holds at most 1,000 keys, a page of a DynamoDB scan 1 MB, a page of
    Parameter Store 10 parameters. The rest needs another call, with the token of the one before. Without it the
    code works while there is little data, and later leaves out the rest without an error.

    **Bad**

    ```python
    import boto3

    table = boto3.resource("dynamodb").Table("orders")

    def handler(event, context):
        return {"orders": len(table.scan()["Items"])}  # LL405
    ```

    **Good**

    ```python
    import boto3

    client = boto3.client("dynamodb")

    def handler(event, context):
        pages = client.get_paginator("scan").paginate(TableName="orders")
        return {"orders": sum(len(page["Items"]) for page in pages)}
    ```

    Not reported: a call with a limit or a token, a result whose token is read, a result that is handed on as a
    whole or of which only the first element is taken (`["Items"][0]`, except where DynamoDB filters the page), an
    operation asked for certain things only (`describe_stacks(StackName=...)`), what a quota keeps below a page. A
    DynamoDB query, which reads one partition only, a list narrowed by a filter, the tags of one resource, of which
    there are 50 at most, and arguments that are not known are reported with `--pedantic`.

    **Fix (unsafe).** Asks a paginator of the same client for all pages, and takes what it gives as one result. To be
    reviewed: where there are very many pages, memory and time; and tests that put something in the place of the
    operation. Left alone where the code looks at more of the answer than the list, and for resources, which have no
    paginators.

    **Ignore it when** there can never be more than a page.

    **Source.** https://docs.aws.amazon.com/boto3/latest/guide/paginators.html
    """
    for call in handler.warm_calls.operations:
        if not call.reads or call.escapes or not _is_list(call):
            continue
        page = operation(call.service, call.operation).page
        if page is None or _looks_further(call, page) or _asks_for_few(call, page) or _wants_first(call):
            continue
        key = next((key for key in page.holds if key in call.reads and key not in COUNTS), None)
        if key is None:
            continue
        is_client = call.name.rpartition(".")[0].endswith("client()")
        instead = "read them all with a paginator" if is_client else f"ask again until no {page.named_in[0]} comes"
        yield Problem(
            call.location,
            f'only the first page of "{key}" is read from {call.operation}(){through(call)}; {instead}',
            _fix(call),
            call.trace,
            sure=_is_sure(call),
        )


def _fix(call: Call) -> Fix | None:
    """A paginator gives what is spread over the pages, and nothing else of the answers."""
    page = operation(call.service, call.operation).page
    plain = call.name.startswith("boto3.") and call.name.endswith(f"client().{call.operation}")
    if page is None or not plain or call.escapes or not call.reads <= set(page.holds):
        return None
    return paginating(call)


def _is_list(call: Call) -> bool:
    where = (call.service, call.operation)
    if call.service == "ec2" or where in GIVES_ALL or where in A_PAGE_AT_MOST:
        return False
    return call.operation.startswith(STYLES) or where in LISTS_BY_ANOTHER_NAME


def _looks_further(call: Call, page: Page) -> bool:
    """Whether the call is limited, or others of its kind follow it."""
    if call.keywords.keys() & {*page.asked_by, *page.limited_by}:
        return True
    named = MORE.union(page.named_in).difference(page.holds)
    if "*" in call.reads or call.reads & named:
        return True
    # `while` there is something: the first page is dealt with, and asked for again.
    return any(loop.kind == "while" and inside(call.location, loop.location) for loop in call.loops)


def _asks_for_few(call: Call, page: Page) -> bool:
    """Whether the arguments themselves keep the result small."""
    if call.service == "iam":
        return not call.keywords.keys().isdisjoint(BELONGS_TO_ONE)
    if call.operation.startswith("describe_"):
        # `describe_jobs(jobs=[...])["jobs"]`: the things themselves are named.
        named = {key.lower() for key in page.holds}
        return any(name.lower().endswith(ONE_OR_FEW) or name.lower() in named for name in call.keywords)
    if "ResourceARNList" in call.keywords:
        return True
    return call.operation == "query" and _is_whole_key(call)


def _wants_first(call: Call) -> bool:
    """Whether one element is wanted, which the first page has: unless a filter takes all there is from it."""
    return call.takes_first and call.keywords.keys().isdisjoint(FILTERED_PAGES)


def _is_whole_key(call: Call) -> bool:
    """Whether a query names partition key and sort key, so that it gives one item at most."""
    condition = text(call.argument(None, "KeyConditionExpression"))
    return condition is not None and condition.count("=") == 2 and not set(condition) & set("<>")


def _is_sure(call: Call) -> bool:
    if call.operation.startswith(("query", "list_tags", "list_resource_tags")) or "**" in call.keywords:
        return False
    if call.operation == "scan":
        return True
    if call.service == "s3":
        # A prefix may be the whole key of one object, asked for to see whether it is there.
        prefix = call.argument(None, "Prefix")
        return prefix is None or (text(prefix) or "").endswith("/") or _ends_with_slash(call)
    return not any(
        name.lower().endswith(("filter", "filters", "prefix", "query", "alias", "pattern", "selector", "tags"))
        for name in call.keywords
    )


def _ends_with_slash(call: Call) -> bool:
    """Whether the prefix is put together, and its last part is a folder's end."""
    prefix = call.argument(None, "Prefix")
    last = text(prefix.text[-1]) if prefix is not None and prefix.text else None
    return last is not None and last.endswith("/")
