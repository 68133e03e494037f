"""Variables that several functions of a stack get from one place, such as a map that all of them name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from lambdalint.model.template import Function, Stack


def shared(stack: Stack) -> Stack:
    """The stack, with such variables said to be stated for several functions at once."""
    if len(stack.functions) < 2:
        return stack
    uses = Counter(
        setting.location
        for function in stack.functions
        if isinstance(function.environment, Mapping)
        for setting in function.environment.values()
    )
    if not any(count > 1 for count in uses.values()):
        return stack

    def marked(function: Function) -> Function:
        if not isinstance(function.environment, Mapping):
            return function
        environment = {
            name: setting._replace(inherited=setting.inherited or uses[setting.location] > 1)
            for name, setting in function.environment.items()
        }
        return function._replace(environment=environment)

    return stack._replace(functions=tuple(map(marked, stack.functions)))
