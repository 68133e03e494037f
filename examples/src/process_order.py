"""ProcessOrder: takes orders from the queue, books them and asks for payment."""

import json
import os
from functools import lru_cache

import boto3
import pymysql
import requests

secrets = boto3.client("secretsmanager")

# Right: one session for all invocations, so that its connections stay open between them.
warehouse = requests.Session()

_audit = None


def handler(event, context):
    failures = []
    password = database_password()

    # Wrong: a new connection for every batch. It costs a TCP, a TLS and a MySQL handshake each
    # time, and a busy queue exhausts the connections of the database. `audit_database` below
    # keeps one open.
    database = pymysql.connect(  # LL102
        host=os.environ["DATABASE_HOST"], user="orders", password=password, database="orders"
    )
    # Wrong: a session made for one batch opens its connections anew for each.
    payments = requests.Session()  # LL103

    for record in event["Records"]:
        order = json.loads(record["body"])
        try:
            book(database, order)
            payments.post("https://payments.example.com/charges", json=order, timeout=5)
            warehouse.post("https://warehouse.example.com/picks", json=order, timeout=5)
            mark_as_paid(order)
        except Exception:
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def database_password():
    # Wrong: the same secret is fetched for every batch. That is a call over the network, and
    # Secrets Manager charges for each one. `api_key` in nightly_report.py keeps what it fetched.
    secret = secrets.get_secret_value(SecretId="orders/database")  # LL106
    return json.loads(secret["SecretString"])["password"]


def book(database, order):
    with database.cursor() as cursor:
        cursor.execute("INSERT INTO bookings (order_id) VALUES (%s)", (order["order_id"],))
    database.commit()
    with audit_database().cursor() as cursor:
        cursor.execute("INSERT INTO audit (order_id) VALUES (%s)", (order["order_id"],))


def audit_database():
    """Right: connects when it is first needed, and keeps the connection for what comes after."""
    global _audit
    if _audit is None:
        _audit = pymysql.connect(
            host=os.environ["DATABASE_HOST"], user="audit", database="audit", autocommit=True
        )
    return _audit


# Wrong: the cache looks for the session it was given before. Each call brings a new one, so it
# finds nothing, builds a new table, and keeps all the old ones: slower than no cache, and a leak.
# `orders_table` in shared/clients.py asks for nothing, and so its cache hits.
@lru_cache
def orders_table(session):  # LL111
    return session.resource("dynamodb").Table(os.environ["ORDERS_TABLE"])  # LL101


def mark_as_paid(order):
    # Wrong on its own: a session, too, is built once and used again.
    session = boto3.Session()  # LL101
    orders_table(session).update_item(
        Key={"order_id": order["order_id"]},
        UpdateExpression="SET paid = :yes",
        ExpressionAttributeValues={":yes": True},
    )
