"""How often a schedule invokes a function."""

from __future__ import annotations

import re
from functools import cache

from lambdalint.model import Trigger


def minutes_between(trigger: Trigger) -> int | None:
    """The minutes from one time to the next, where it comes every few minutes all day long."""
    schedule = ((trigger.schedule.known if trigger.schedule is not None else None) or "").strip()
    return _minutes(schedule) if schedule else None


@cache
def _minutes(schedule: str) -> int | None:
    rate = re.fullmatch(r"rate\(\s*(\d+)\s+minutes?\s*\)", schedule)
    cron = re.match(r"cron\(\s*(\*|[\d*]+/(\d+))\s+\*\s", schedule)
    return int(rate[1]) if rate is not None else int(cron[2] or 1) if cron is not None else None
