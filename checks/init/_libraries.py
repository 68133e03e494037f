"""What libraries call the things that are worth building once."""

from __future__ import annotations

from collections.abc import Sequence

from lambdalint.model import Argument, Call, Location

AWS_BUILDERS = frozenset(
    {
        "boto3.client",
        "boto3.resource",
        "boto3.Session",
        "boto3.Session().client",
        "boto3.Session().resource",
        "botocore.session.get_session",
        "botocore.session.get_session().create_client",
        "aioboto3.Session",
        "aioboto3.Session().client",
        "aioboto3.Session().resource",
        "aiobotocore.session.get_session",
        "aiobotocore.session.get_session().create_client",
    }
)
"""Clients, resources and sessions of the AWS SDK and its asynchronous forms."""

DATABASE_BUILDERS = frozenset(
    {
        "MySQLdb.connect",
        "aiomysql.connect",
        "aiomysql.create_pool",
        "aiopg.connect",
        "aiopg.create_pool",
        "asyncpg.connect",
        "asyncpg.create_pool",
        "cassandra.cluster.Cluster",
        "confluent_kafka.Producer",
        "cx_Oracle.connect",
        "elasticsearch.AsyncElasticsearch",
        "elasticsearch.Elasticsearch",
        "grpc.aio.insecure_channel",
        "grpc.aio.secure_channel",
        "grpc.insecure_channel",
        "grpc.secure_channel",
        "kafka.KafkaProducer",
        "mariadb.connect",
        "mongoengine.connect",
        "motor.motor_asyncio.AsyncIOMotorClient",
        "mysql.connector.connect",
        "mysql.connector.pooling.MySQLConnectionPool",
        "neo4j.AsyncGraphDatabase.driver",
        "neo4j.GraphDatabase.driver",
        "opensearchpy.AsyncOpenSearch",
        "opensearchpy.OpenSearch",
        "oracledb.connect",
        "oracledb.create_pool",
        "peewee.MySQLDatabase",
        "peewee.PostgresqlDatabase",
        "pg8000.connect",
        "pg8000.dbapi.connect",
        "pg8000.native.Connection",
        "psycopg.AsyncConnection.connect",
        "psycopg.connect",
        "psycopg2.connect",
        "psycopg2.pool.SimpleConnectionPool",
        "psycopg2.pool.ThreadedConnectionPool",
        "psycopg_pool.ConnectionPool",
        "pymongo.AsyncMongoClient",
        "pymongo.MongoClient",
        "pymssql.connect",
        "pymysql.connect",
        "pyodbc.connect",
        "redis.Redis",
        "redis.Redis.from_url",
        "redis.RedisCluster",
        "redis.asyncio.Redis",
        "redis.asyncio.from_url",
        "redis.from_url",
        "redshift_connector.connect",
        "snowflake.connector.connect",
        "sqlalchemy.create_engine",
        "sqlalchemy.ext.asyncio.create_async_engine",
        "sqlalchemy.orm.sessionmaker",
        "sqlite3.connect",
        "sqlmodel.create_engine",
        "valkey.Valkey",
        "valkey.from_url",
    }
)
"""Connections, pools, engines and channels."""

CLOSING_ENDS = (
    "MySQLdb.",
    "asyncpg.",
    "cx_Oracle.",
    "mariadb.",
    "mysql.connector.connect",
    "oracledb.",
    "pg8000.",
    "psycopg.connect",
    "psycopg2.connect",
    "pymongo.",
    "pymssql.",
    "pymysql.",
    "pyodbc.",
    "redshift_connector.",
    "snowflake.",
)
"""Libraries whose `close()` ends the connection rather than giving it back to a pool."""

HTTP_SESSION_BUILDERS = frozenset(
    {
        "aiohttp.ClientSession",
        "httpx.AsyncClient",
        "httpx.Client",
        "requests.Session",
        "urllib3.PoolManager",
        "urllib3.HTTPSConnectionPool",
        "urllib3.HTTPConnectionPool",
    }
)
"""Objects that keep connections open between requests."""

HTTP_CALLS = frozenset(
    f"{library}.{verb}"
    for library in ("requests", "httpx")
    for verb in ("get", "post", "put", "patch", "delete", "head", "options", "request")
) | {"urllib3.request"}
"""Functions that open a connection for one request and close it."""

HEAVY_MODULES_MS = {
    "aiobotocore": 250,
    "boto3": 190,
    "botocore": 120,
    "cv2": 250,
    "django": 150,
    "fastapi": 350,
    "flask": 150,
    "google.cloud": 300,
    "grpc": 90,
    "jinja2": 60,
    "langchain": 1000,
    "matplotlib": 350,
    "networkx": 250,
    "nltk": 600,
    "numpy": 110,
    "openai": 700,
    "openpyxl": 150,
    "pandas": 400,
    "plotly": 250,
    "polars": 120,
    "pyarrow": 150,
    "pydantic": 100,
    "requests": 80,
    "scipy": 150,
    "sklearn": 700,
    "snowflake": 400,
    "spacy": 1500,
    "sqlalchemy": 220,
    "tensorflow": 3000,
    "torch": 1500,
    "transformers": 1000,
    "xgboost": 500,
}
"""About what importing costs at each cold start, in ms, by `python -X importtime` on one core.

Orders of magnitude, to tell what is worth a word from what is not; the figures shown to users say "about".
"""

_CREDENTIALS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
_WHERE_TO = ("region_name", "endpoint_url", "profile_name", "config", "botocore_session", "**", *_CREDENTIALS)


def is_for_this_invocation(call: Call) -> bool:
    """Whether an AWS client, or the session it is made of, can only be built in this invocation.

    That is so where its region, endpoint, role or credentials come from the event or were fetched just
    now. The name of the service does not count: there are few, and a dict keeps one client for each.
    """
    for name, argument in call.keywords.items():
        if name in _WHERE_TO and (argument.from_event or argument.from_credentials):
            return True
        if name in _CREDENTIALS and argument.from_result:
            return True
    first = 0 if call.name.endswith("Session") else 1
    if any(argument.from_event or argument.from_credentials for argument in call.positional[first:]):
        return True
    return call.receiver is not None and is_for_this_invocation(call.receiver)


def has_event_credentials(call: Call) -> bool:
    """Whether a connection is opened with what this invocation was handed or assumed."""
    arguments = (*call.positional, *call.keywords.values())
    return any(argument.from_event or argument.from_credentials for argument in arguments)


def service(call: Call) -> str | None:
    """The AWS service a client or resource is for; None where it is not a literal."""
    argument = call.argument(0, "service_name")
    return argument.value if argument is not None and isinstance(argument.value, str) else None


def text(argument: Argument | None) -> str | None:
    """An argument's value if it is a literal string."""
    return argument.value if argument is not None and isinstance(argument.value, str) else None


def through(call: Call) -> str:
    """How the place is reached, for the end of a message: empty in the handler itself."""
    return f" (reached through {call.trace[-1].name}())" if call.trace else ""


def outermost(calls: Sequence[Call]) -> list[Call]:
    """The calls without those that only build the receiver of another on the same line."""
    inner = {
        call.receiver.location for call in calls if call.receiver and call.receiver.location.line == call.location.line
    }
    return [call for call in calls if call.location not in inner]


def places(calls: Sequence[Call]) -> set[Location]:
    """Where calls stand."""
    return {call.location for call in calls}
