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
        "boto3.setup_default_session",
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
        "MySQLdb.Connect",
        "MySQLdb.connect",
        "MySQLdb.connections.Connection",
        "aiokafka.AIOKafkaProducer",
        "aiomysql.connect",
        "aiomysql.create_pool",
        "aiopg.connect",
        "aiopg.create_pool",
        "aioredis.from_url",
        "asyncpg.connect",
        "asyncpg.create_pool",
        "cassandra.cluster.Cluster",
        "clickhouse_connect.get_client",
        "clickhouse_driver.Client",
        "clickhouse_driver.connect",
        "confluent_kafka.Producer",
        "confluent_kafka.SerializingProducer",
        "cx_Oracle.connect",
        "databricks.sql.connect",
        "dbutils.pooled_db.PooledDB",
        "elasticsearch.AsyncElasticsearch",
        "elasticsearch.Elasticsearch",
        "elasticsearch_dsl.connections.create_connection",
        "gremlin_python.driver.client.Client",
        "gremlin_python.driver.driver_remote_connection.DriverRemoteConnection",
        "grpc.aio.insecure_channel",
        "grpc.aio.secure_channel",
        "grpc.insecure_channel",
        "grpc.secure_channel",
        "ibm_db.connect",
        "influxdb.InfluxDBClient",
        "influxdb_client.InfluxDBClient",
        "kafka.KafkaProducer",
        "mariadb.connect",
        "memcache.Client",
        "mongoengine.connect",
        "motor.motor_asyncio.AsyncIOMotorClient",
        "motor.motor_tornado.MotorClient",
        "mysql.connector.MySQLConnection",
        "mysql.connector.aio.connect",
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
        "pika.BlockingConnection",
        "playhouse.db_url.connect",
        "playhouse.pool.PooledMySQLDatabase",
        "playhouse.pool.PooledPostgresqlDatabase",
        "psycopg.AsyncConnection.connect",
        "psycopg.connect",
        "psycopg2.connect",
        "psycopg2.pool.SimpleConnectionPool",
        "psycopg2.pool.ThreadedConnectionPool",
        "psycopg_pool.AsyncConnectionPool",
        "psycopg_pool.ConnectionPool",
        "pylibmc.Client",
        "pymemcache.Client",
        "pymemcache.HashClient",
        "pymemcache.client.base.Client",
        "pymemcache.client.hash.HashClient",
        "pymongo.AsyncMongoClient",
        "pymongo.MongoClient",
        "pymssql.connect",
        "pymysql.connect",
        "pyodbc.connect",
        "redis.Redis",
        "redis.Redis.from_url",
        "redis.RedisCluster",
        "redis.RedisCluster.from_url",
        "redis.asyncio.Redis",
        "redis.asyncio.Redis.from_url",
        "redis.asyncio.RedisCluster",
        "redis.asyncio.from_url",
        "redis.from_url",
        "redis.sentinel.Sentinel",
        "redshift_connector.connect",
        "snowflake.connector.connect",
        "sqlalchemy.create_engine",
        "sqlalchemy.engine_from_config",
        "sqlalchemy.ext.asyncio.async_sessionmaker",
        "sqlalchemy.ext.asyncio.create_async_engine",
        "sqlalchemy.orm.sessionmaker",
        "sqlite3.connect",
        "sqlmodel.create_engine",
        "teradatasql.connect",
        "trino.dbapi.connect",
        "valkey.Valkey",
        "valkey.Valkey.from_url",
        "valkey.ValkeyCluster",
        "valkey.asyncio.Valkey",
        "valkey.asyncio.from_url",
        "valkey.from_url",
        "vertica_python.connect",
    }
)
"""Connections, pools, engines and channels."""

ASYNCHRONOUS = ("aio", "asyncpg.", "httpx.Async", "motor.", "grpc.aio.", "mysql.connector.aio.")
"""How names begin of what belongs to the event loop it was made in."""


def is_asynchronous(name: str) -> bool:
    """Whether the object that a call of `name` makes belongs to the event loop it was made in."""
    return name.startswith(ASYNCHRONOUS) or ".asyncio." in name or "Async" in name or ".async_" in name


def once(call: Call, otherwise: str) -> str:
    """What to do instead of making it anew: `otherwise`, except for what its event loop takes with it."""
    return "keep one event loop and, in it, one of these" if is_asynchronous(call.name) else otherwise


ENDED_BY = {
    "MySQLdb.": ("close", "__exit__"),
    "asyncpg.": ("close", "terminate"),
    "cassandra.": ("shutdown", "__exit__"),
    "cx_Oracle.": ("close", "__exit__"),
    "grpc.": ("close", "__exit__"),
    "kafka.": ("close",),
    "mariadb.": ("close", "__exit__"),
    "mysql.connector.connect": ("close", "__exit__"),
    "neo4j.": ("close", "__exit__"),
    "oracledb.": ("close", "__exit__"),
    "pg8000.": ("close", "__exit__"),
    "psycopg.connect": ("close", "__exit__"),
    "psycopg2.connect": ("close",),  # `with connection:` ends the transaction only
    "psycopg2.pool.": ("closeall",),
    "psycopg_pool.": ("close", "__exit__"),
    "pymongo.": ("close", "__exit__"),
    "pymssql.": ("close", "__exit__"),
    "pymysql.": ("close", "__exit__"),
    "pyodbc.": ("close",),  # as psycopg2
    "redshift_connector.": ("close", "__exit__"),
    "snowflake.": ("close", "__exit__"),
    "sqlalchemy.": ("dispose",),
}
"""By library: the methods that end a connection, and do not give it back to a pool."""

HTTP_SESSION_BUILDERS = frozenset(
    {
        "aiohttp.ClientSession",
        "httpx.AsyncClient",
        "httpx.Client",
        "niquests.Session",
        "requests.Session",
        "requests_cache.CachedSession",
        "requests_html.HTMLSession",
        "requests_oauthlib.OAuth1Session",
        "requests_oauthlib.OAuth2Session",
        "requests_toolbelt.sessions.BaseUrlSession",
        "urllib3.HTTPConnectionPool",
        "urllib3.HTTPSConnectionPool",
        "urllib3.PoolManager",
        "urllib3.ProxyManager",
    }
)
"""Objects that keep connections open between requests."""

HTTP_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request")
HTTP_CALLS = frozenset(f"{library}.{verb}" for library in ("requests", "httpx") for verb in HTTP_VERBS) | {
    "httpx.stream",
    "urllib3.request",
}
"""Functions that open a connection for one request and close it."""

POWERTOOLS_READS = ("get_parameter", "get_parameters", "get_parameters_by_name", "get_secret", "get_app_config")
"""Functions of Powertools for AWS Lambda that fetch, and then keep for some seconds, what they are asked for."""

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
"""About what importing costs at a cold start, in ms: estimates of the order of magnitude, not measurements.

They tell what is worth a word from what is not; messages say "about".
"""

_CREDENTIALS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
_WHERE_TO = ("region_name", "endpoint_url", "profile_name", "config", "botocore_session", "**", *_CREDENTIALS)


_SAME_EACH_TIME = ("aiobotocore.", "aws_lambda_powertools.", "boto3.", "botocore.", "builtins.", "json.", "lambda.",
                   "os.", "str.", "yaml.")  # fmt: skip
"""How calls begin that give what a module-level client could be built with as well."""


def is_for_this_invocation(call: Call) -> bool:
    """Whether an AWS client, or the session it is made of, can only be built in this invocation.

    That is so where its region, endpoint, role or credentials come from the event or were fetched just
    now. The name of the service does not count: there are few, and a dict keeps one client for each.
    """
    for name, argument in call.keywords.items():
        if name in _WHERE_TO and (argument.from_event or argument.from_credentials):
            return True
        if name in (*_CREDENTIALS, "**") and argument.from_result:
            return True
        if name in _WHERE_TO and any(not one.name.startswith(_SAME_EACH_TIME) for one in argument.calls):
            return True  # of a library that is not known: a tenant's region, a token
    is_session = call.name.lower().endswith("session")
    first, credentials = (0, slice(0, 3)) if is_session else (1, slice(6, 9))
    if any(argument.from_event or argument.from_credentials for argument in call.positional[first:]):
        return True
    if any(argument.from_result for argument in call.positional[credentials]):
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
    if not call.trace:
        return ""
    if not call.scope:
        return f" (by importing {call.trace[-1].name})"
    around = call.scope.rpartition(".")[2]
    return " (reached through a lambda)" if around == "<lambda>" else f" (reached through {call.scope}())"


def outermost(calls: Sequence[Call]) -> list[Call]:
    """The calls without those that only build the receiver of another on the same line."""
    inner = {
        call.receiver.location for call in calls if call.receiver and call.receiver.location.line == call.location.line
    }
    return [call for call in calls if call.location not in inner]


def places(calls: Sequence[Call]) -> set[Location]:
    """Where calls stand."""
    return {call.location for call in calls}
