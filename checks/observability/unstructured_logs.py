"""LL603: the log is plain text."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Fix, Problem, Severity, check
from lambdalint.checks._fixes import replacing, setting
from lambdalint.checks.observability._edge import runs_at_the_edge
from lambdalint.checks.observability._logging import LEVELS, WORDLESS
from lambdalint.model import Call, Function, Handler

STRUCTURED = (
    "aws_lambda_powertools",
    "aws_lambda_logging",
    "json_log_formatter",
    "json_logging",
    "jsonformatter",
    "lambda_logging",
    "logging.Formatter",
    "logging.config",
    "loguru",
    "logzero",
    "nhs_aws_helpers",
    "pythonjsonlogger",
    "structlog",
)
"""How the names of calls begin that give the log a form, or may do so."""
FORMS = (".setFormatter", ".addHandler")
MANY = 3
"""So few messages are read one by one."""


@check(Handler, code="LL603", severity=Severity.ADVICE, since="0.1", default=False)
def unstructured_logs(handler: Handler) -> Iterator[Problem]:
    """The function logs by Python's `logging`, and its log is plain text.

    **Why it matters.** CloudWatch Logs Insights finds and counts by the fields of JSON; of plain text each question
    needs a pattern of its own. With `LogFormat: JSON` Lambda gives every message of `logging` its time, level, logger
    and request id as fields, without a change of the code, and the level of the log can be set in the template.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:  # LL603
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
    ```

    ```python
    # file: src/app.py
    import logging

    logger = logging.getLogger()
    logger.setLevel("INFO")

    def handler(event, context):
        logger.info("order %s", event["id"])
        if not event["items"]:
            logger.warning("order %s is empty", event["id"])
            return None
        logger.info("order %s has %d items", event["id"], len(event["items"]))
        return event["id"]
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          LoggingConfig:
            LogFormat: JSON
    ```

    ```python
    # file: src/app.py
    import logging

    logger = logging.getLogger()
    logger.setLevel("INFO")

    def handler(event, context):
        logger.info("order %s", event["id"])
        if not event["items"]:
            logger.warning("order %s is empty", event["id"])
            return None
        logger.info("order %s has %d items", event["id"], len(event["items"]))
        return event["id"]
    ```

    It is said of code that logs at three places or more, and gives its log no form of its own. What is printed stays
    plain text whatever the format: of that [print-in-handler](print-in-handler.md) speaks.

    **Fix.** Offers a fix that sets the format to JSON. It is unsafe: what reads the log by patterns of plain text finds
    nothing in it then. Terraform has words for it from version 5.32 of the provider for AWS on, the module
    terraform-aws-modules/lambda from version 7, the Serverless Framework from version 4.

    **Ignore it when** something reads the log line by line as it is.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
    """
    plain = [
        one
        for one in handler.functions
        if one.format not in WORDLESS
        and (one.log_format is None or one.log_format.known == "Text")
        and not runs_at_the_edge(one)
    ]
    if not plain:
        return
    written = {call.location for call in handler.warm_calls if _logs(call)}
    if len(written) < MANY or any(map(_gives_form, [*handler.init_calls, *handler.warm_calls])):
        return
    for function in plain:
        place = function.location if function.log_format is None else function.log_format.location
        message = f"{function.logical_id} logs plain text at {len(written)} places; set the format of its log to JSON"
        yield Problem(place, message, _fix(function))


def _fix(function: Function) -> Fix | None:
    """None where the format is stated for functions that were not looked at, too."""
    stated = function.log_format
    if stated is None:
        return setting(function, "LoggingConfig.LogFormat", "JSON")
    return None if stated.inherited else replacing(function, stated, "Text", "JSON")


def _logs(call: Call) -> bool:
    """Whether it is a message of Python's own logging that is not JSON already."""
    owner, _, method = call.name.rpartition(".")
    if method not in LEVELS or not owner.startswith("logging"):
        return False
    first = call.argument(0, "msg")
    return first is None or not any(one.name == "json.dumps" for one in first.calls)


def _gives_form(call: Call) -> bool:
    return call.name.startswith(STRUCTURED) or call.name.endswith(FORMS) or "format" in call.keywords
