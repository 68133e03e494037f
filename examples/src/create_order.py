"""CreateOrder: takes an order from the API, stores it, and hands it on to the queue."""

import json
import os
import re

import boto3

# Wrong: nothing here uses pandas. Loading it costs each new execution environment about half
# a second, and the package tens of megabytes, before the first order is looked at.
import pandas as pd  # LL108

from shared import storage

# Right: built once, while the module is loaded, and used by every invocation after that.
table = boto3.resource("dynamodb").Table(os.environ["ORDERS_TABLE"])
ORDER_ID = re.compile(r"[A-Z]{2}-\d{6}")


def handler(event, context):
    order = json.loads(event["body"])
    problem = find_problem(order)
    if problem:
        return {"statusCode": 400, "body": json.dumps({"message": problem})}

    table.put_item(Item=order)
    storage.save_receipt(order)

    # Wrong: a new client for every order. Each one reads the service's description, looks for
    # credentials and opens a new TLS connection: tens of milliseconds that are billed every time.
    # `table` above shows the right way.
    queue = boto3.client("sqs")  # LL101
    queue.send_message(QueueUrl=os.environ["ORDERS_QUEUE_URL"], MessageBody=json.dumps(order))
    return {"statusCode": 201, "body": json.dumps({"order_id": order["order_id"]})}


def find_problem(order):
    """What is wrong with an order, or None."""
    # Wrong: the file is part of the package and never changes, yet it is read and parsed for
    # every order. Parse it once, above the handler.
    with open("order_schema.json") as file:
        schema = json.load(file)  # LL105
    missing = [name for name in schema["required"] if name not in order]
    if missing:
        return f"missing: {', '.join(missing)}"
    if not ORDER_ID.fullmatch(order["order_id"]):
        return "order_id looks like AB-123456"
    return None
