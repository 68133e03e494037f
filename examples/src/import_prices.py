"""ImportPrices: reads a price list that was put into the bucket, and tells the shop's search about it."""

import csv
import io
import logging
import os
import time

import boto3

# Wrong: few price lists are no CSV, but each new execution environment waits for this module.
# An import statement in `from_spreadsheet` would make only those wait that need it.
import openpyxl  # LL107
import pymysql
import requests

s3 = boto3.client("s3")
session = requests.Session()
database = pymysql.connect(host=os.environ["DATABASE_HOST"], user="prices", database="shop")

# Wrong: Lambda has put a handler on the root logger before this module is loaded, so this does
# nothing, and every logger.info below is lost. `force=True` takes Lambda's handler away first.
logging.basicConfig(level=logging.INFO)  # LL606
logger = logging.getLogger(__name__)

# Wrong: it is never emptied. Each invocation adds to it, and hours later memory is full.
imported = []


def handler(event, context):
    for record in event["Records"]:
        # Wrong: keys arrive URL-encoded. "may list.csv" comes as "may+list.csv" and is not found.
        key = record["s3"]["object"]["key"]  # LL320
        bucket = record["s3"]["bucket"]["name"]
        body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        try:
            prices = list(csv.DictReader(io.StringIO(body.decode())))
        except UnicodeDecodeError:
            prices = from_spreadsheet(body)
        imported.append(key)  # LL310

        # Wrong: without a timeout, a search that does not answer holds the function until its own
        # timeout ends it, and all of that time is billed.
        session.post("https://search.example.com/prices", json=prices)  # LL401

        # Wrong: waiting costs as much as working. Let a queue deliver the message later.
        time.sleep(5)  # LL315
        logger.info("imported %s prices", len(prices))


def from_spreadsheet(body):
    names, *rows = openpyxl.load_workbook(io.BytesIO(body)).active.values
    return [dict(zip(names, row)) for row in rows]


def remove(event, context):
    """RemovePrices: empties the folder of a shop."""
    # Wrong: what the event says becomes part of the program's text. A shop called
    # "x'; DROP TABLE prices; --" is obeyed. Give it as a parameter: "= %s", (shop,).
    shop = event["shop"]
    database.cursor().execute(f"DELETE FROM prices WHERE shop = '{shop}'")  # LL708
    # Wrong: only the first thousand objects are deleted; the rest is on other pages.
    for item in s3.list_objects_v2(Bucket=event["bucket"], Prefix=f"{shop}/")["Contents"]:  # LL405
        # Wrong: a request for each object, where one can delete a thousand.
        s3.delete_object(Bucket=event["bucket"], Key=item["Key"])  # LL407
