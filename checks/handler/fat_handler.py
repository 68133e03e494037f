"""LL303: the handler function does everything itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from lambdalint.check import Option, Problem, Severity, check
from lambdalint.model import Handler


class Limits(NamedTuple):
    """From here on nobody would call a handler function short; somewhat below, its author may differ."""

    statements: Annotated[int, Option("of the handler function itself, at least; 0 for any number", 0)] = 60
    branches: Annotated[int, Option("conditions, loops and `except` clauses in it, at least", 0)] = 12
    aws_calls: Annotated[int, Option("calls of AWS that stand in it, at least", 0)] = 3


@check(Handler, code="LL303", severity=Severity.ADVICE, since="0.1", options=Limits())
def fat_handler(handler: Handler, limits: Limits) -> Iterator[Problem]:
    """One function decodes the event, calls AWS, and decides what to do.

    **Why it matters.** Logic inside the handler can only be tested with a whole event and with AWS replaced. AWS
    advises to keep the handler separate from the core logic, so that this can be tested, and used behind another
    trigger, by itself.

    **Bad**

    A handler function of at least 60 statements with 12 branches and 3 direct calls of AWS, all three together; your
    project may draw the line elsewhere. With `--pedantic`, one that has two thirds of the statements and of the calls,
    and half of the branches:

    ```python
    import boto3

    table = boto3.resource("dynamodb").Table("orders")
    queue = boto3.client("sqs")

    def handler(event, context):  # LL303 unsure
        order = event["order"]
        kind = event["kind"]
        price = event["price"]
        country = event["country"]
        customer = event["customer"]
        discount = 0
        tax = 0
        notes = []
        urgent = False
        if kind == "book":
            discount = 5
            notes.append("book")
        elif kind == "food":
            discount = 1
            urgent = True
            notes.append("food")
        else:
            notes.append("other")
        if country == "DE":
            tax = 19
            notes.append("domestic")
        elif country == "AT":
            tax = 20
            notes.append("abroad")
        else:
            tax = 0
            notes.append("export")
        if customer == "gold":
            discount += 10
            notes.append("gold")
        for code in event["codes"]:
            discount += 1
            notes.append(code)
        net = price - price * discount / 100
        gross = net + net * tax / 100
        text = " ".join(notes)
        item = {"order": order, "net": str(net), "gross": str(gross), "notes": text}
        table.put_item(Item=item)
        body = f"{order}: {text}"
        if urgent:
            body = f"urgent {body}"
        queue.send_message(QueueUrl=event["queue"], MessageBody=body)
        return item
    ```

    **Good**

    ```python
    from orders import Orders, price_of

    orders = Orders("orders")

    def handler(event, context):
        order = price_of(event["order"], event["country"], event["codes"])
        orders.save(order)
        return order.summary()
    ```

    **Ignore it when** the steps are simple, stand one behind the other, and there will not be more of them.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    size = handler.size
    if 3 * size.statements < 2 * limits.statements or 2 * size.branches < limits.branches:
        return
    calls = len({call.location for call in handler.warm_calls.operations if not call.trace})
    if 3 * calls < 2 * limits.aws_calls:
        return
    yield Problem(
        handler.location,
        f"{handler.name} has {size.statements} statements, {size.branches} branches and {calls} direct calls of AWS; "
        "keep the event in it, and move the logic to functions that can be tested alone",
        sure=size.statements >= limits.statements and size.branches >= limits.branches and calls >= limits.aws_calls,
    )
