"""AWS clients, the wrong way and the right way."""

import os
from functools import lru_cache

import boto3


def receipts_client():
    # Wrong: a helper does not make a client cheaper. The handler in create_order.py calls
    # storage.save_receipt, that calls this, and so every order builds a client.
    return boto3.client("s3")  # LL101


@lru_cache
def orders_table():
    """Right: built at the first call, then given back at every other."""
    return boto3.resource("dynamodb").Table(os.environ["ORDERS_TABLE"])
