"""LL111: a cache of clients or results never gives anything back."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.model import Handler


@check(Handler, code="LL111", severity=Severity.WARNING, since="0.1")
def cache_never_hits(handler: Handler) -> Iterator[Problem]:
    """A cache is keyed on an object made anew each time, or a parameter hides it.

    **Why it matters.** It looks as if the work were done once. It is done on every invocation, and with
    `functools.cache` every result is kept as well, so that memory grows until the environment dies.

    **Bad**

    ```python
    import functools
    import boto3

    @functools.cache
    def table(session):  # LL111
        return session.resource("dynamodb").Table("orders")

    def handler(event, context):
        return table(boto3.Session()).get_item(Key={"id": event["id"]})
    ```

    **Good**

    ```python
    import functools
    import boto3

    @functools.cache
    def table():
        return boto3.resource("dynamodb").Table("orders")

    def handler(event, context):
        return table().get_item(Key={"id": event["id"]})
    ```

    The other form: `def table(dynamodb): if not dynamodb: dynamodb = boto3.resource(...)` tests and fills the
    parameter; the module's global `dynamodb` stays `None`.

    Keyed on the `self` of a method it may serve repeated calls of one object; then it is only advice, for the object
    is never let go. A `key=` that leaves the object out is silent.

    **Ignore it when** the cache serves repeated calls within one invocation.

    **Source.** https://docs.python.org/3/library/functools.html#functools.cache
    """
    for defeat in handler.defeated_caches:
        if defeat.kind == "shadowed":
            message = (
                f"the parameter `{defeat.culprit}` hides the global it is meant to fill, which stays empty: "
                f"{defeat.name}() does this on every invocation"
            )
        else:
            message = (
                f"the cache of {defeat.name}() is keyed on `{defeat.culprit}`, an object made anew on each "
                "invocation: the next one finds nothing there, and what it keeps only fills memory"
            )
        # A method may be asked several times of one object.
        yield Problem(
            defeat.location, message, None, defeat.trace, Severity.ADVICE if defeat.culprit == "self" else None
        )
