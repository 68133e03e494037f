"""LL320: the key in an S3 notification is used as it is, though it is URL-encoded."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._fixes import wrapping
from lambdalint.checks._libraries import text
from lambdalint.model import Argument, Call, Handler, Read

_KEY = ("s3", "object", "key")

_POSITIONS = {
    "download_file": 1,
    "download_fileobj": 1,
    "upload_file": 2,
    "upload_fileobj": 2,
}
"""Methods of an S3 client that take the key by position, and where."""

_OPERATIONS = frozenset(
    {
        "copy_object",
        "delete_object",
        "delete_object_tagging",
        "get_object",
        "get_object_acl",
        "get_object_attributes",
        "get_object_tagging",
        "head_object",
        "put_object",
        "put_object_acl",
        "put_object_tagging",
        "restore_object",
        "select_object_content",
        *_POSITIONS,
    }
)
"""Methods of an S3 client that take one key."""

_NEW = frozenset({"copy_object", "put_object", "upload_file", "upload_fileobj"})
"""They give the key to an object they make."""

_RESOURCES = ("boto3.resource()", "boto3.Session().resource()")
_OF_RESOURCE = {
    "{}.Bucket().Object": 0,
    "{}.Bucket().delete_key": 0,
    "{}.Bucket().download_file": 0,
    "{}.Bucket().download_fileobj": 0,
    "{}.Object": 1,
    "{}.ObjectSummary": 1,
    "{}.meta.client.download_file": 1,
    "{}.meta.client.download_fileobj": 1,
    "{}.meta.client.get_object": 9,
    "{}.meta.client.head_object": 9,
}
_RESOURCE_CALLS = {pattern.format(maker): at for maker in _RESOURCES for pattern, at in _OF_RESOURCE.items()}
"""Methods of an S3 resource that take a key, and at which position."""

_SERVICES_THAT_READ = frozenset({"rekognition", "textract"})
"""They fetch the object themselves: `Image={"S3Object": {"Bucket": bucket, "Name": key}}`."""

_DECODERS = frozenset({"urllib.parse.unquote", "urllib.parse.unquote_plus", "urllib.unquote", "urllib.unquote_plus"})


@check(Handler, code="LL320", severity=Severity.WARNING, since="0.1")
def undecoded_object_key(handler: Handler) -> Iterator[Problem]:
    """The object key of an S3 notification is used without decoding it.

    **Why it matters.** In the notification the key is URL-encoded, with `+` for a space: `Invoice (May).pdf` arrives as
    `Invoice+%28May%29.pdf`. Under that name S3 has no object. All works until the first key with a space, a bracket or
    a letter beyond ASCII; then the object is not found, or access to it is denied.

    **Bad**

    ```python
    import boto3

    s3 = boto3.client("s3")

    def handler(event, context):
        for record in event["Records"]:
            key = record["s3"]["object"]["key"]  # LL320
            s3.get_object(Bucket=record["s3"]["bucket"]["name"], Key=key)
    ```

    **Good**

    ```python
    from urllib.parse import unquote_plus

    import boto3

    s3 = boto3.client("s3")

    def handler(event, context):
        for record in event["Records"]:
            key = unquote_plus(record["s3"]["object"]["key"])
            s3.get_object(Bucket=record["s3"]["bucket"]["name"], Key=key)
    ```

    Keys in events that EventBridge delivers (`event["detail"]["object"]["key"]`) are not encoded and not reported.

    **Fix.** Puts `unquote_plus()` around the place where the key is taken from the event.

    **Ignore it when** all keys are made by your own code of letters, digits, dots, dashes and slashes.

    **Source.** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    if not any(read.path[2:] == _KEY for read in handler.reads):
        return
    for call, argument in _uses(handler):
        path = argument.event_path or ()
        if path[0:1] != ("Records",) or path[2:] != _KEY or argument.calls:
            continue
        read = _taken(handler, path, call)
        if read is None:
            continue
        method = call.name.rpartition(".")[2]
        is_new = method in _NEW and argument not in map(_itself, _within(call))
        yield Problem(
            read.location,
            f"the object key in an S3 notification is URL-encoded, and {method}() takes it as it is; "
            "decode it with urllib.parse.unquote_plus",
            wrapping(read.location, "urllib.parse", "unquote_plus", unsafe=False),
            read.trace,
            sure=not is_new,
        )


def _uses(handler: Handler) -> Iterator[tuple[Call, Argument]]:
    """Calls of S3 that take a key, with the key."""
    for call in handler.warm_calls.operations:
        if call.service == "s3" and call.operation in _OPERATIONS:
            if (argument := call.argument(_POSITIONS.get(call.operation), "Key", "key")) is not None:
                yield call, _itself(argument)
        for argument in _within(call):
            yield call, _itself(argument)
    for call in handler.warm_calls.named(_RESOURCE_CALLS):
        maker = call.receiver
        while maker is not None and maker.receiver is not None:
            maker = maker.receiver
        if maker is not None and text(maker.argument(0, "service_name")) == "s3":
            if (argument := call.argument(_RESOURCE_CALLS[call.name], "Key", "key")) is not None:
                yield call, _itself(argument)


def _within(call: Call) -> Iterator[Argument]:
    """The keys that stand in a dict among the arguments."""
    if call.service == "s3":
        holder = {"copy_object": "CopySource", "generate_presigned_url": "Params"}.get(call.operation)
        given = call.keywords.get(holder) if holder else None
        if given is not None and "Key" in given.items:
            yield given.items["Key"]
    elif call.service in _SERVICES_THAT_READ:
        for argument in call.keywords.values():
            stored = argument.items.get("S3Object")
            if stored is not None and "Name" in stored.items:
                yield stored.items["Name"]


def _itself(argument: Argument) -> Argument:
    """What `str()` was given, which it gives back."""
    made = argument.calls[0] if len(argument.calls) == 1 else None
    return made.positional[0] if made is not None and made.name == "builtins.str" and made.positional else argument


def _taken(handler: Handler, path: tuple[str | int, ...], use: Call) -> Read | None:
    """Where the key that `use` takes was read: of several places the last before it, none that is decoded there."""
    decoded = [call.location for call in handler.warm_calls.named(_DECODERS)]
    reads = [read for read in handler.reads if read.path == path]
    reads = [
        read
        for read in reads
        if not any(
            place.path == read.location.path
            and (place.line, place.column) <= (read.location.line, read.location.column)
            and (read.location.end_line, read.location.end_column) <= (place.end_line, place.end_column)
            for place in decoded
        )
    ]
    before = [
        read
        for read in reads
        if read.trace == use.trace
        and read.location.path == use.location.path
        and read.location.line <= use.location.end_line
    ]
    if before:
        return max(before, key=lambda read: read.location)
    above = [read for read in reads if len(read.trace) < len(use.trace)]
    found = above or reads
    return found[-1] if found else None
