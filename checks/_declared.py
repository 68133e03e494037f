"""What invokes a handler, as the templates that name it declare it."""

from __future__ import annotations

from lambdalint.model import Handler, Trigger

BATCH_SIZES = {"sqs": 10, "kinesis": 100, "dynamodb": 100}
"""What a mapping gives at most that states nothing else, for the sources whose records lie under `Records`."""
_WORDS = {"msk": "kafka", "mq": "activemq"}


def declared(handler: Handler) -> list[Trigger]:
    """The triggers of all functions that a handler serves, without those that are switched off."""
    return [
        trigger
        for function in handler.functions
        for trigger in function.triggers
        if trigger.enabled is None or trigger.enabled.value is not False
    ]


def sources(handler: Handler) -> frozenset[str]:
    """The kinds of what invokes a handler, in the words of `_triggers`; empty where templates do not say all."""
    if not all(function.triggers and function.triggers_known for function in handler.functions):
        return frozenset()
    return frozenset(_WORDS.get(trigger.type, trigger.type) for trigger in declared(handler))


def batch_size(trigger: Trigger) -> int | None:
    """How many records an event holds at most; None where that cannot be known, or there are no batches."""
    return BATCH_SIZES.get(trigger.type) if trigger.batch_size is None else trigger.batch_size.known
