"""LL105: work that gives the same result each time is done on every invocation."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.init._libraries import text, through
from lambdalint.model import Call, Handler

BUILDERS = frozenset(
    {
        "jinja2.Environment",
        "jinja2.Template",
        "jsonschema.Draft202012Validator",
        "jsonschema.Draft7Validator",
        "jsonschema.Draft4Validator",
        "fastjsonschema.compile",
        "joblib.load",
        "onnxruntime.InferenceSession",
        "pydantic.TypeAdapter",
        "re.compile",
        "sentence_transformers.SentenceTransformer",
        "spacy.load",
        "tensorflow.keras.models.load_model",
        "torch.load",
        "transformers.pipeline",
    }
)
"""What compiles, or loads a model."""
PARSERS = frozenset({"json.load", "yaml.safe_load", "yaml.load", "pickle.load", "tomllib.load", "csv.DictReader"})
"""What parses an open file."""


@check(Handler, code="LL105", severity=Severity.ADVICE, since="0.1")
def static_work_in_handler(handler: Handler) -> Iterator[Problem]:
    """Work that depends on nothing in the event is done on every invocation.

    **Why it matters.** A template compiled, a model loaded or a bundled file parsed from constants gives the same
    result each time. At module level it is done once, at full CPU, while the environment starts.

    **Bad**

    ```python
    import json

    def handler(event, context):
        with open("prices.json") as file:
            prices = json.load(file)  # LL105
        return prices[event["item"]]
    ```

    **Good**

    ```python
    import json

    with open("prices.json") as file:
        PRICES = json.load(file)

    def handler(event, context):
        return PRICES[event["item"]]
    ```

    **Ignore it when** only a rare path needs it and it is slow: then keep it behind `functools.cache`.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    for call in handler.warm_calls:
        if call.kept or call.on_error_path:
            continue
        if (call.name in BUILDERS and _is_static(call)) or (call.name in PARSERS and _reads_bundled(call)):
            yield Problem(
                call.location,
                f"{call.name}() gives the same result on every invocation{through(call)}; do it once, at module level",
                None,
                call.trace,
            )


def _is_static(call: Call) -> bool:
    first = call.argument(0, "pattern", "source", "model", "schema", "filename")
    others = (*call.positional, *call.keywords.values())
    varies = any(argument.from_event or argument.from_result for argument in others)
    return not varies and (first is None or call.name != "re.compile" or text(first) is not None)


def _reads_bundled(call: Call) -> bool:
    file = call.argument(0, "fp", "stream", "file", "f")
    if file is None:
        return False
    for opened in file.calls:
        if opened.name == "builtins.open":
            path = text(opened.argument(0, "file"))
            mode = text(opened.argument(1, "mode")) or "r"
            return path is not None and not path.startswith(("/tmp", "/mnt")) and mode.startswith("r")
    return False
