"""LL606: logging is configured in a way that has no effect in Lambda."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._fixes import adding
from lambdalint.checks._libraries import through
from lambdalint.checks.observability._logging import LEVEL_SETTERS, is_of_root
from lambdalint.model import Call, Handler

BASIC = frozenset({"logging.basicConfig"})
REMOVES = frozenset(
    {
        "importlib.reload",
        "logging.config.dictConfig",
        "logging.config.fileConfig",
        "logging.getLogger().handlers.clear",
        "logging.getLogger().handlers.pop",
        "logging.getLogger().hasHandlers",
        "logging.getLogger().removeHandler",
        "logging.root.handlers.clear",
        "logging.root.handlers.pop",
        "logging.root.hasHandlers",
        "logging.root.removeHandler",
        "slack_bolt.adapter.aws_lambda.SlackRequestHandler.clear_all_log_handlers",
        "slack_bolt.adapter.aws_lambda.handler.SlackRequestHandler.clear_all_log_handlers",
    }
)
"""Calls that take handlers away, or ask whether there are any."""


@check(Handler, code="LL606", severity=Severity.WARNING, since="0.1")
def basicconfig_does_nothing(handler: Handler) -> Iterator[Problem]:
    """Logging is configured with `logging.basicConfig`, which has no effect in Lambda.

    **Why it matters.** `basicConfig` does nothing if the root logger has a handler, and the Lambda runtime has put
    one there before it loads your code. Level and format stay as they were: messages at level INFO are not shown.

    **Bad**

    ```python
    import logging

    logging.basicConfig(level=logging.INFO)  # LL606

    def handler(event, context):
        logging.info("order %s received", event["id"])
    ```

    **Good**

    ```python
    import logging

    logging.getLogger().setLevel(logging.INFO)

    def handler(event, context):
        logging.info("order %s received", event["id"])
    ```

    **Fix.** Adds `force=True`, which removes the runtime's handler first. Your format takes the place of the
    runtime's, so put the request ID into it where you want one; `setLevel` keeps it.

    Not reported: where handlers are removed, replaced, or looked for, first. Where only the level is configured, and
    the level of the root logger or of the module's own is set too, the call is of no use but does no harm, and is
    reported with `--pedantic`.

    **Ignore it when** the call is for runs outside Lambda, and Lambda is configured elsewhere.

    **Source.** https://docs.python.org/3/library/logging.html#logging.basicConfig
    """
    calls = _named(handler, BASIC)
    if not calls or any(map(_may_be_root, _named(handler, REMOVES))) or _counts_handlers(handler):
        return
    setters = _named(handler, LEVEL_SETTERS)
    for call in calls:
        if "force" in call.keywords or "**" in call.keywords:
            continue
        # The runtime's handler has no level: it shows what a logger with one of its own lets through.
        is_level_set = any(is_of_root(one) or _is_of_module(one, call) for one in setters)
        # Without arguments it only makes sure that there is a handler, and there is one.
        useful = call.keywords.keys() - {"level"} if is_level_set else call.keywords.keys()
        yield Problem(
            call.location,
            f"logging.basicConfig() has no effect{through(call)}: Lambda has set up the root logger; add force=True",
            adding(call, "force", "True", unsafe=False),
            call.trace,
            sure=bool(useful) and not call.on_error_path,
        )


def _named(handler: Handler, names: frozenset[str]) -> list[Call]:
    return [*handler.init_calls.named(names), *handler.warm_calls.named(names)]


def _is_of_module(setter: Call, call: Call) -> bool:
    """Whether the level is set of `getLogger(__name__)`, not of a library's logger, beside the call."""
    name = setter.receiver.argument(0, "name") if setter.receiver is not None else None
    return name is not None and name.literal is None and setter.location.path == call.location.path


def _may_be_root(call: Call) -> bool:
    """Whether what a method is called on may be the root logger; `hasHandlers` asks about that one too."""
    name = call.receiver.argument(0, "name") if call.receiver is not None else None
    return name is None or not isinstance(name.value, str) or name.value in ("", "root") or "hasHandlers" in call.name


def _counts_handlers(handler: Handler) -> bool:
    """`if len(logging.getLogger().handlers) > 0` asks for the runtime's handler, too."""
    return any(
        made.name == "logging.getLogger"
        for call in _named(handler, frozenset({"builtins.len", "builtins.bool", "builtins.list"}))
        for argument in call.positional
        for made in argument.calls
    )
