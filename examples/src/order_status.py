"""OrderStatus: tells the API how far an order is. What is wrong here, only code and template together show."""

import json
import os
import uuid

import boto3
import psycopg
import requests

table = boto3.resource("dynamodb").Table(os.environ["ORDERS_TABLE"])

# Wrong: the function has SnapStart. This is executed once, when a version is published, and every
# environment that is restored from the snapshot bears the same name.
WORKER = str(uuid.uuid4())  # LL112

# Wrong: it is closed by the server long before the snapshot is restored for the last time.
database = psycopg.connect(host=os.environ["DATABASE_HOST"])  # LL113


def handler(event, context):
    # Wrong: a schedule in the template sends such an event every five minutes, to keep one
    # environment warm. The second customer at the same moment waits all the same.
    if event.get("warmer"):
        return None

    order_id = event["pathParameters"]["order"]
    order = table.get_item(Key={"order_id": order_id})["Item"]
    row = database.execute("select carrier from parcels where order_id = %s", [order_id]).fetchone()

    # Wrong: the template has no such variable. It has one whose name differs by one letter.
    url = os.environ["CARRIERS_URL"]  # LL308

    # Wrong: after 10 seconds Lambda ends the function, so this timeout never comes to anything.
    parcel = requests.get(f"{url}/{row[0]}/{order_id}", timeout=20)  # LL104 LL402

    answer = {"status": order["status"], "parcel": parcel.json(), "worker": WORKER}
    # Right: the body is a text, as API Gateway wants it.
    return {"statusCode": 200, "body": json.dumps(answer)}
