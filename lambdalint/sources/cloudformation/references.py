"""Which function a value of a template means: by reference, through aliases and versions, by name."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.sources.cloudformation.template import Declarations
from lambdalint.sources.values import Value

FUNCTIONS = ("AWS::Serverless::Function", "AWS::Lambda::Function")
_BETWEEN = {"AWS::Lambda::Alias": "FunctionName", "AWS::Lambda::Version": "FunctionName"}


class References:
    """Answers by logical id."""

    def __init__(self, template: Declarations) -> None:
        self._template = template
        self._types = template.types
        self._through: dict[str, tuple[str, ...]] = {}
        self._names: dict[str, str] | None = None

    def functions(self, value: Value | None) -> tuple[str, ...]:
        """The functions that stand anywhere in a value."""
        if value is None:
            return ()
        found = [one for ref in value.all_refs() for one in self.through(ref)]
        if not found:
            found = list(self._by_name(value))
        return tuple(dict.fromkeys(found))

    def through(self, ref: str) -> tuple[str, ...]:
        type_ = self._types.get(ref, "")
        if type_ in FUNCTIONS:
            return (ref,)
        if type_ not in _BETWEEN:
            return ()
        if ref not in self._through:
            self._through[ref] = ()
            resource = self._template.resource(ref)
            if resource is not None:
                self._through[ref] = self.functions(resource.properties.get(_BETWEEN[type_]))
        return self._through[ref]

    def _by_name(self, value: Value) -> Iterator[str]:
        """A function named by its name or its ARN in a plain text."""
        text = value.data if isinstance(value.data, str) else value.text
        if not text or not isinstance(text, str):
            return
        if self._names is None:
            self._names = {}
            for resource in self._template.resources(*FUNCTIONS):
                name = resource.properties.get("FunctionName")
                if name is not None and (isinstance(name.data, str) or name.text):
                    self._names[name.data if isinstance(name.data, str) else name.text] = resource.logical_id
        if not self._names:
            return
        last = text.partition(":function:")[2].partition("/")[0].partition(":")[0] or text
        if last in self._names:
            yield self._names[last]
