"""LL105: work that gives the same result each time is done on every invocation."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import text, through
from lambdalint.model import UNKNOWN, Argument, Call, Handler

BUILDERS = frozenset(
    {
        "ctranslate2.Translator",
        "easyocr.Reader",
        "fastjsonschema.compile",
        "fasttext.load_model",
        "gensim.models.KeyedVectors.load",
        "gensim.models.Word2Vec.load",
        "jinja2.Environment",
        "jinja2.Template",
        "joblib.load",
        "jsonschema.Draft201909Validator",
        "jsonschema.Draft202012Validator",
        "jsonschema.Draft3Validator",
        "jsonschema.Draft4Validator",
        "jsonschema.Draft6Validator",
        "jsonschema.Draft7Validator",
        "keras.models.load_model",
        "lightgbm.Booster",
        "llama_cpp.Llama",
        "mako.template.Template",
        "onnxruntime.InferenceSession",
        "pydantic.TypeAdapter",
        "sentence_transformers.SentenceTransformer",
        "spacy.load",
        "tensorflow.keras.models.load_model",
        "tensorflow.lite.Interpreter",
        "tensorflow.saved_model.load",
        "tflite_runtime.interpreter.Interpreter",
        "torch.jit.load",
        "torch.load",
        "transformers.pipeline",
        "whisper.load_model",
    }
)
"""What compiles, or loads a model."""
PARSERS = frozenset(
    """
    csv.DictReader csv.reader json.load json.loads msgpack.load orjson.loads pickle.load pickle.loads simplejson.load
    toml.load toml.loads tomllib.load tomllib.loads ujson.load ujson.loads yaml.full_load yaml.load yaml.safe_load
    """.split()
)
"""What parses an open file, or what was read from one."""
PATH_PARSERS = frozenset(
    """
    geoip2.database.Reader lxml.etree.parse maxminddb.open_database numpy.load pandas.read_csv pandas.read_excel
    pandas.read_json pandas.read_parquet pandas.read_pickle polars.read_csv polars.read_parquet
    xml.etree.ElementTree.parse
    """.split()
)
"""What opens and parses the file whose path it is given."""
OPENERS = frozenset({"builtins.open", "codecs.open", "gzip.open", "io.open", "pathlib.Path"})
WRITERS = (".download_file", ".urlretrieve", "shutil.copy", "shutil.copyfile", "shutil.move")
"""Ends of the names of what makes a file."""
CHANGING = ("/tmp", "/mnt", "/dev", "/proc")
"""Where files stand that are not part of the package."""
_READS = (".open", ".read_text", ".read_bytes")
PURE = ("builtins.", "csv.", "io.", "jinja2.", "json.", "jsonschema.", "os.path.", "pathlib.", "referencing.", "torch.",
        "yaml.", "codecs.", "gzip.", "pickle.")  # fmt: skip
"""What gives the same result for the same arguments."""


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
    written = _written(handler)
    for call in handler.warm_calls:
        if call.kept or call.on_error_path:
            continue
        if _is_static_work(call) and not written.intersection(_paths(call)):
            yield Problem(
                call.location,
                f"{call.name}() gives the same result on every invocation{through(call)}; do it once, at module level",
                None,
                call.trace,
            )


def _written(handler: Handler) -> set[str]:
    """The files that an invocation fetches or writes before it reads them."""
    return {
        path
        for call in handler.warm_calls
        if call.name.endswith(WRITERS) or (call.name in OPENERS and not _opens_for_reading(call))
        for path in map(text, (*call.positional, *call.keywords.values()))
        if path is not None
    }


def _paths(call: Call) -> Iterator[str]:
    """The constant texts that a call, or what opens the file for it, is given."""
    for argument in (*call.positional, *call.keywords.values()):
        path = text(argument)
        if path is not None:
            yield path
        for inner in argument.calls:
            yield from _paths(inner)


def _is_static_work(call: Call) -> bool:
    given = (*call.positional, *call.keywords.values())
    if call.name in BUILDERS:
        return not _is_elsewhere(call.argument(0)) and all(map(_is_static, given))
    if call.name in PARSERS:
        return (
            bool(call.positional) and any(map(_reads_bundled, call.positional[0].calls)) and all(map(_is_static, given))
        )
    return call.name in PATH_PARSERS and bool(call.positional) and _is_bundled(call.positional[0])


def _is_static(argument: Argument) -> bool:
    """Whether an argument is the same in every invocation, as far as can be known."""
    if argument.from_event or argument.from_credentials:
        return False
    return all(map(_is_pure, argument.calls)) and bool(argument.calls or not argument.from_result)


def _is_pure(call: Call) -> bool:
    """Whether a call gives the same in every invocation."""
    if not call.name.startswith(PURE):
        return False
    if call.name == "pathlib.Path":
        return _is_bundled_path(call)
    if call.name in OPENERS and not _is_bundled(call.argument(0, "file", "filename")):
        return False
    given = (*call.positional, *call.keywords.values())
    return all(map(_is_static, given)) and (call.receiver is None or _is_pure(call.receiver))


def _reads_bundled(call: Call) -> bool:
    """Whether a call reads a file of the package: `open("a.json")`, `Path("a.json").read_text()`."""
    if call.receiver is not None and call.name.startswith("pathlib.") and call.name.endswith(_READS):
        return _is_bundled_path(call.receiver)
    while call.receiver is not None:
        call = call.receiver
    return call.name in OPENERS and _is_bundled(call.argument(0, "file", "filename")) and _opens_for_reading(call)


def _opens_for_reading(call: Call) -> bool:
    return (text(call.argument(1, "mode")) or "r").startswith("r")


def _is_bundled(path: Argument | None) -> bool:
    """Whether a path is that of a file in the package, as far as it can be told."""
    if path is None or path.from_event or path.from_result:
        return False
    constant = text(path)
    if constant is not None:
        return not constant.startswith(CHANGING) and "://" not in constant
    # os.path.join(os.path.dirname(__file__), "a.json"); __file__ is not a constant
    for call in path.calls:
        given = call.positional
        if call.name in ("os.path.dirname", "os.path.abspath", "os.path.realpath"):
            return len(given) == 1 and given[0].value is UNKNOWN and _is_static(given[0])
        if call.name == "os.path.join":
            return _is_bundled(given[0]) and not any(map(_is_elsewhere, given)) and all(map(_is_static, given))
        if call.name.startswith("pathlib."):
            return _is_bundled_path(call)
    return False


def _is_bundled_path(call: Call) -> bool:
    """The same of `Path("a.json")`, `Path(__file__).parent / "a.json"`."""
    while call.receiver is not None:
        if any(map(_is_elsewhere, call.positional)) or not all(map(_is_static, call.positional)):
            return False
        call = call.receiver
    if call.name == "pathlib.Path.cwd":
        return True
    first = call.argument(0)
    file = first is not None and first.value is UNKNOWN and not first.calls and _is_static(first)
    return call.name == "pathlib.Path" and (file or _is_bundled(first))


def _is_elsewhere(path: Argument | None) -> bool:
    return (text(path) or "").startswith(CHANGING)
