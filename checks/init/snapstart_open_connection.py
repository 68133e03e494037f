"""LL113: a connection is opened before the snapshot is taken."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import ENDED_BY, through
from lambdalint.checks.init._restoring import from_snapshots
from lambdalint.model import Call, Handler

_OPENED = frozenset(
    {
        "MySQLdb.Connect",
        "MySQLdb.connect",
        "clickhouse_driver.connect",
        "cx_Oracle.connect",
        "ftplib.FTP",
        "imaplib.IMAP4_SSL",
        "mariadb.connect",
        "mysql.connector.connect",
        "oracledb.connect",
        "pg8000.connect",
        "pg8000.dbapi.connect",
        "pg8000.native.Connection",
        "pika.BlockingConnection",
        "psycopg.connect",
        "psycopg2.connect",
        "psycopg2.pool.SimpleConnectionPool",
        "psycopg2.pool.ThreadedConnectionPool",
        "pymssql.connect",
        "pymysql.connect",
        "pyodbc.connect",
        "redshift_connector.connect",
        "smtplib.SMTP",
        "smtplib.SMTP_SSL",
        "snowflake.connector.connect",
        "socket.create_connection",
        "sqlalchemy.create_engine().connect",
        "teradatasql.connect",
        "trino.dbapi.connect",
        "vertica_python.connect",
        "websocket.create_connection",
    }
)
"""What connects at once. Pools and clients that connect when they are first used are not among them."""
_TESTS = frozenset({"closed", "is_connected", "ping", "reconnect", "rollback"})
"""Methods by which an invocation finds out whether its connection still stands."""


@check(Handler, code="LL113", severity=Severity.WARNING, since="0.1")
def snapstart_open_connection(handler: Handler) -> Iterator[Problem]:
    """With SnapStart, a connection that is opened at import is dead when an environment is restored from the snapshot.

    **Why it matters.** The snapshot is taken when a version is published, and restored hours or weeks later, many times
    over. The server has long closed the connection: the first query of each environment fails. AWS clients open a new
    one by themselves, database drivers mostly do not.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          AutoPublishAlias: live
          SnapStart: {ApplyOn: PublishedVersions}
    ```

    ```python
    # file: src/app.py
    import os
    import psycopg

    connection = psycopg.connect(os.environ["DATABASE_URL"])  # LL113

    def handler(event, context):
        return connection.execute("select total from orders where id = %s", [event["id"]]).fetchone()
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          AutoPublishAlias: live
          SnapStart: {ApplyOn: PublishedVersions}
    ```

    ```python
    # file: src/app.py
    import os
    import psycopg
    from snapshot_restore_py import register_after_restore

    connection = None

    @register_after_restore
    def connect():
        global connection
        connection = psycopg.connect(os.environ["DATABASE_URL"])

    def handler(event, context):
        return connection.execute("select total from orders where id = %s", [event["id"]]).fetchone()
    ```

    Silent where the connection is closed before the import ends, where an invocation tests it or opens one itself, and
    where anything is registered for the restore.

    **Ignore it when** what uses the connection opens it again after an error.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/snapstart-best-practices.html
    """
    function = from_snapshots(handler)
    if function is None:
        return
    for call in handler.init_calls.named(_OPENED):
        if (
            not handler.warm_calls.named((call.name,))
            and not _is_ended(call, handler)
            and not _is_tested(call, handler)
        ):
            message = f"{call.name}() connects before the snapshot of {function.logical_id} is taken{through(call)}"
            instead = "connect after the restore, or in the handler where there is no connection yet"
            yield Problem(call.location, f"{message}; {instead}", trace=call.trace)


def _is_ended(call: Call, handler: Handler) -> bool:
    endings = next((names for begin, names in ENDED_BY.items() if call.name.startswith(begin)), ("close", "quit"))
    return any(_is_of(one, call) and _method(one) in (*endings, "__exit__", "close") for one in handler.init_calls)


def _is_tested(call: Call, handler: Handler) -> bool:
    return any(_is_of(one, call) and _method(one) in _TESTS for one in handler.warm_calls)


def _is_of(one: Call, maker: Call) -> bool:
    return one.receiver is not None and one.receiver.location == maker.location


def _method(call: Call) -> str:
    return call.name.rpartition(".")[2]
