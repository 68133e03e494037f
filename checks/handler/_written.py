"""Which resources a handler writes to, and whether these are the ones that invoke it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lambdalint.checks._libraries import text
from lambdalint.later import pattern
from lambdalint.model import Argument, Call, Function, Handler, Setting, Trigger

_WHOLE = pattern(r"\$\{([\w.]+?)(\.(?:Arn|QueueUrl|QueueName|TopicArn|TopicName|StreamArn|TableName))?\}")
"""How a reference is shown that stands for the resource itself, and not for a name made of it."""

_CLIENT: dict[tuple[str, str], tuple[str, int | None]] = {
    ("dynamodb", "delete_item"): ("TableName", None),
    ("dynamodb", "put_item"): ("TableName", None),
    ("dynamodb", "update_item"): ("TableName", None),
    ("kinesis", "put_record"): ("StreamName", None),
    ("kinesis", "put_records"): ("StreamName", None),
    ("s3", "copy"): ("Bucket", 1),
    ("s3", "copy_object"): ("Bucket", None),
    ("s3", "put_object"): ("Bucket", None),
    ("s3", "upload_file"): ("Bucket", 1),
    ("s3", "upload_fileobj"): ("Bucket", 1),
    ("sns", "publish"): ("TopicArn", None),
    ("sqs", "send_message"): ("QueueUrl", None),
    ("sqs", "send_message_batch"): ("QueueUrl", None),
}
"""What a write of a client names its target by, and at which position."""
_RESOURCE: dict[str, tuple[str, tuple[str, ...]]] = {
    "Bucket": ("s3", ("put_object", "upload_file", "upload_fileobj", "copy")),
    "Object": ("s3", ("put", "upload_file", "upload_fileobj", "copy_from", "copy")),
    "Queue": ("sqs", ("send_message", "send_messages")),
    "Table": ("dynamodb", ("put_item", "update_item", "delete_item")),
    "Topic": ("sns", ("publish",)),
    "get_queue_by_name": ("sqs", ("send_message", "send_messages")),
}
"""Methods of resources that write, by what makes the resource from its name."""
_NAMES = ("name", "bucket_name", "url", "arn", "QueueName")
_METHODS = frozenset(method for _, methods in _RESOURCE.values() for method in methods)


class Write(NamedTuple):
    """A call that writes to something that may invoke functions."""

    call: Call
    service: str
    target: Argument
    key: Argument | None = None
    """Of an object in S3."""


def writes(handler: Handler) -> Iterator[Write]:
    """The writes of an invocation."""
    for call in handler.warm_calls:
        if call.service and (call.service, call.operation) in _CLIENT and call.receiver is not None:
            name, position = _CLIENT[call.service, call.operation]
            target = call.argument(position, name)
            if target is not None:
                key = call.argument(None if position is None else position + 1, "Key")
                yield Write(call, call.service, target, key if call.service == "s3" else None)
                continue
        if call.name.rpartition(".")[2] in _METHODS:
            yield from _of_resource(call)


def _of_resource(call: Call) -> Iterator[Write]:
    owner, method = call.receiver, call.name.rpartition(".")[2]
    if owner is not None and owner.name.endswith(".batch_writer"):
        owner = owner.receiver
    if owner is None or not owner.name.startswith("boto3."):
        return
    maker = owner.name.rpartition(".")[2]
    service, methods = _RESOURCE.get(maker, ("", ()))
    target = owner.argument(0, *_NAMES)
    if method in methods and target is not None:
        at = {"put_object": None, "upload_file": 1, "upload_fileobj": 1, "copy": 1}.get(method)
        key = owner.argument(1, "key") if maker == "Object" else call.argument(at, "Key")
        yield Write(call, service, target, key if service == "s3" else None)


def is_source(target: Argument, trigger: Trigger, function: Function) -> bool:
    """Whether what is written to is what invokes the function, for certain."""
    if target.event_path is not None:
        return trigger.type == "s3" and target.event_path[-3:] == ("s3", "bucket", "name")
    source = trigger.source
    if source is None:
        return False
    if not target.variable:
        return _same_name(text(target), source.known)
    variables = function.environment
    setting = variables.get(target.variable) if isinstance(variables, Mapping) else None
    if setting is None:
        return False
    if refers_to(setting) and refers_to(setting) == refers_to(source):
        return True
    return _same_name(setting.known, source.known)


def refers_to(setting: Setting[str]) -> str:
    """The resource that a setting is a plain reference to; empty if it is none, or a name made of one."""
    found = _WHOLE.fullmatch(setting.text)
    return setting.target if setting.target == (found[1] if found is not None else setting.text) else ""


def _same_name(one: str | None, other: str | None) -> bool:
    """Whether an ARN, a URL or a name mean the same resource."""
    return bool(one and other) and _last(one or "") == _last(other or "")


def _last(name: str) -> str:
    if ":table/" in name:
        return name.partition(":table/")[2].partition("/")[0]
    return re.split("[:/]", name)[-1]
