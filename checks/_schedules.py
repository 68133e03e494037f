"""How often a schedule invokes a function."""

from __future__ import annotations

import re

from lambdalint.model import Trigger

_RATE = re.compile(r"rate\(\s*(\d+)\s+minutes?\s*\)")
_CRON = re.compile(r"cron\(\s*(\*|[\d*]+/(\d+))\s+\*\s")


def minutes_between(trigger: Trigger) -> int | None:
    """The minutes from one time to the next, where it comes every few minutes all day long."""
    schedule = ((trigger.schedule.known if trigger.schedule is not None else None) or "").strip()
    rate = _RATE.fullmatch(schedule)
    cron = _CRON.match(schedule)
    return int(rate[1]) if rate is not None else int(cron[2] or 1) if cron is not None else None
