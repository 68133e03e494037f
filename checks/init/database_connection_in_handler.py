"""LL102: a database connection is opened on every invocation."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._fixes import hoisting
from lambdalint.checks._libraries import (
    DATABASE_BUILDERS,
    ENDED_BY,
    has_event_credentials,
    is_asynchronous,
    once,
    text,
    through,
)
from lambdalint.model import Call, Handler

RECONNECTING = frozenset(
    {
        "elasticsearch.Elasticsearch",
        "grpc.insecure_channel",
        "grpc.secure_channel",
        "kafka.KafkaProducer",
        "opensearchpy.OpenSearch",
        "pymongo.MongoClient",
        "redis.Redis",
        "redis.Redis.from_url",
        "redis.RedisCluster",
        "redis.from_url",
        "sqlalchemy.create_engine",
        "sqlmodel.create_engine",
        "valkey.Valkey",
        "valkey.Valkey.from_url",
        "valkey.from_url",
    }
)
"""What opens a lost connection again by itself, so that it can simply be kept."""


@check(Handler, code="LL102", severity=Severity.WARNING, since="0.1")
def database_connection_in_handler(handler: Handler) -> Iterator[Problem]:
    """A database connection is opened, or a cached one closed, on every invocation.

    **Why it matters.** Opening a connection takes several round trips and a login, on every invocation, and
    under load each of them lands on the database: it runs out of connections long before Lambda runs out of
    environments. A connection that the handler closes in the end is opened anew by the next invocation,
    however carefully it is cached.

    **Bad**

    ```python
    import os
    import pymysql

    def handler(event, context):
        connection = pymysql.connect(host=os.environ["DB_HOST"])  # LL102
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    ```

    **Good**

    ```python
    import os
    import pymysql

    connection = pymysql.connect(host=os.environ["DB_HOST"])

    def handler(event, context):
        connection.ping(reconnect=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    ```

    Engines, pools and clients (SQLAlchemy, MongoDB, Redis, gRPC, Kafka, ...) count as connections; a SQLAlchemy
    session on a lasting engine does not. SQLite in memory or under `/tmp` is not reported, nor is a
    connection whose address or credentials come from the event, nor one closed because of an error. Under
    `asyncio.run` each invocation has an event loop of its own, which an asynchronous connection cannot
    leave; there this is only advice.

    **Fix (unsafe).** Moves what reconnects by itself (engines, MongoDB, Redis, search and gRPC clients) to module
    level. Plain connections are left to you: kept, they need a test whether they still live.

    **Ignore it when** the function runs so seldom that no environment serves two invocations, or rotates the
    credentials it connects with.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    for call in handler.warm_calls:
        if call.kept:
            continue
        if call.on_error_path:
            continue  # opened again after it was lost
        if call.name in DATABASE_BUILDERS and not has_event_credentials(call) and not _is_local(call):
            yield Problem(
                call.location,
                f"{_does(call)} on every invocation{through(call)}; {once(call, 'open it once and keep it')}",
                hoisting(call, "connection") if call.name in RECONNECTING else None,
                call.trace,
                Severity.ADVICE if call.in_asyncio_run and is_asynchronous(call.name) else None,
            )
        elif call.receiver_persists and _ends(call):
            yield Problem(
                call.location,
                f"closes a connection that was kept{through(call)}: the next invocation must open it again",
                None,
                call.trace,
            )


def _does(call: Call) -> str:
    does = "makes a new factory of sessions" if call.name.endswith("sessionmaker") else "opens a connection"
    return f"{call.name}() {does}"


def _ends(call: Call) -> bool:
    opened, _, method = call.name.rpartition("().")
    return opened in DATABASE_BUILDERS and any(
        opened.startswith(library) and method in methods for library, methods in ENDED_BY.items()
    )


def _is_local(call: Call) -> bool:
    """SQLite files that belong to this environment alone."""
    if not call.name.startswith("sqlite3."):
        return False
    path = text(call.argument(0, "database"))
    return path is None or path == ":memory:" or path.startswith(("/tmp", "file::memory:"))
