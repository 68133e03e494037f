"""LL408: all is read, to find little."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import text, through
from lambdalint.checks.calls._surroundings import is_made_in, loop_around
from lambdalint.later import pattern
from lambdalint.model import Call, Handler

EQUALITY = pattern(r"\s*#?[\w.#]+\s*=\s*:\w+")
"""How a filter begins that asks for one value of an attribute."""

LISTED = frozenset({"ContentLength", "ETag", "LastModified", "StorageClass"})
"""What `head_object` tells and the listing has told already."""


@check(Handler, code="LL408", severity=Severity.ADVICE, since="0.1")
def scan_then_filter(handler: Handler) -> Iterator[Problem]:
    """A whole table is read to find some items, or each object is asked for what its listing told.

    **Why it matters.** A filter of a DynamoDB scan is applied after reading: the call reads, and bills, every item
    of the table, and takes longer with each one added. A query reads only what it gives. With S3,
    `head_object` for each object of a listing costs a request each, for sizes and dates that the listing holds.

    **Bad**

    ```python
    import boto3
    from boto3.dynamodb.conditions import Attr

    table = boto3.resource("dynamodb").Table("orders")

    def handler(event, context):
        return table.scan(FilterExpression=Attr("customer").eq(event["customer"]))["Items"]  # LL408
    ```

    **Good**

    ```python
    import boto3
    from boto3.dynamodb.conditions import Key

    table = boto3.resource("dynamodb").Table("orders")

    def handler(event, context):
        condition = Key("customer").eq(event["customer"])
        return table.query(IndexName="by-customer", KeyConditionExpression=condition)["Items"]
    ```

    Only a filter for one value of an attribute is reported, since an index could answer it; not a range or a
    search for a part of a text. A `Limit` makes it worse: it counts the items that are
    read, so that `Limit=1` filters one item, whichever comes first, and that is reported with any filter.

    **Ignore it when** the table is small and stays so, or the scan is a rare job over all items.

    **Source.** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-query-scan.html
    """
    scans = handler.warm_calls.of("dynamodb", "scan")
    for call in scans:
        if call.kept:
            continue
        if "Limit" in call.keywords:
            yield from _too_few(call)
            continue
        if not _is_lookup(call):
            continue
        if "ExclusiveStartKey" in call.keywords and any(
            other.scope == call.scope and "ExclusiveStartKey" not in other.keywords for other in scans
        ):
            continue  # the next page of a scan above
        yield Problem(
            call.location,
            "the scan reads the whole table to find the items that have one value"
            f"{through(call)}; query a key or an index instead",
            trace=call.trace,
        )
    listings = handler.warm_calls.of("s3", "list_objects", "list_objects_v2")
    if not listings:
        return
    for call in handler.warm_calls.of("s3", "head_object"):
        key = call.argument(None, "Key")
        loop = loop_around(call)
        if loop is None or loop.kind == "while" or key is None or not key.from_result:
            continue
        if call.reads and call.reads <= LISTED and not call.escapes and not call.on_error_path:
            yield Problem(
                call.location,
                f"each listed object is asked for its {_words(call)}{through(call)}; the listing holds that already",
                trace=call.trace,
                sure=any(other.scope == call.scope and not is_made_in(other, loop) for other in listings),
            )


def _too_few(call: Call) -> Iterator[Problem]:
    """A limit that is meant for the items found, and there is no next page."""
    goes_on = call.reads & {"*", "LastEvaluatedKey"} or call.escapes or "ExclusiveStartKey" in call.keywords
    if call.keywords["Limit"].value != 1 or "FilterExpression" not in call.keywords or not call.reads or goes_on:
        return
    yield Problem(
        call.location,
        f"Limit counts what the scan reads, not what it finds: the filter sees one item of the table{through(call)}; "
        "query a key or an index instead",
        trace=call.trace,
    )


def _is_lookup(call: Call) -> bool:
    condition = call.argument(None, "FilterExpression")
    if condition is None:
        return False
    if any(
        made.name in ("boto3.dynamodb.conditions.Attr().eq", "boto3.dynamodb.conditions.Key().eq")
        for made in condition.calls
    ):
        return True
    return EQUALITY.match(text(condition) or "") is not None


def _words(call: Call) -> str:
    return " and ".join(sorted(call.reads))
