"""NightlyReport: counts the orders of the day and sends the numbers to the people who want them."""

import os
import re
from functools import lru_cache

import boto3

# Wrong: pandas takes half a second to load. Each cold start waits for that, and only whoever looks for
# a mistake makes use of it: import it there.
import pandas as pd  # LL107
import requests

from shared import clients

ssm = boto3.client("ssm")

# Wrong: a call over the network while the module is loaded. If it is slow or fails, no
# execution environment comes up, and the logs say little. What it returns also stays until the
# environment ends, however often the parameter changes.
recipient = ssm.get_parameter(Name="/orders/report-recipient")["Parameter"]["Value"]  # LL109

# Wrong: left over from an earlier version. Every new execution environment still builds it.
sns = boto3.client("sns")  # LL110

COUNTRY = re.compile(r"^[A-Z]{2}")


def handler(event, context):
    totals = {}
    # Wrong: a scan gives 1 MB at most, and the key to go on with. The orders behind it are not counted.
    for order in clients.orders_table().scan()["Items"]:  # LL405
        country = COUNTRY.match(order["order_id"])
        totals[country[0]] = totals.get(country[0], 0) + 1

    if os.environ.get("DEBUG"):
        print(pd.Series(totals).describe())

    # Wrong: without a session, each call opens a new connection and throws it away.
    requests.post(  # LL104
        "https://reports.example.com/nightly",
        json={"to": recipient, "totals": totals},
        headers={"x-api-key": api_key()},
        timeout=10,
    )
    return totals


@lru_cache
def api_key():
    """Right: fetched when first needed, then kept while the execution environment lives."""
    return ssm.get_parameter(Name="/orders/report-api-key", WithDecryption=True)["Parameter"]["Value"]
