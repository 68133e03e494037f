"""Where receipts are kept."""

import json
import os

from shared import clients


def save_receipt(order):
    # Looks harmless. What it costs stands in clients.py, and lambdalint shows the way there.
    s3 = clients.receipts_client()
    s3.put_object(
        Bucket=os.environ["RECEIPTS_BUCKET"],
        Key=f"receipts/{order['order_id']}.json",
        Body=json.dumps(order).encode(),
    )
