"""One resource, whoever declares it: a block, a module's argument, a line of a plan."""

from __future__ import annotations

from collections.abc import Callable

from lambdalint.model.places import Location
from lambdalint.sources.values import Value


class Item:
    """A resource in Terraform's words. What is in it is worked out when it is asked for."""

    __slots__ = ("_body", "_made", "address", "location", "optional", "place", "type")

    def __init__(
        self,
        address: str,
        type_: str,
        location: Location,
        made: Callable[[], Value],
        optional: bool = False,
        place: str = "",
    ) -> None:
        self.address = address
        self.type = type_
        """`aws_lambda_function`, `data.archive_file`; `module` for what is not known but by what it is given."""
        self.location = location
        self.optional = optional
        self.place = place or address
        self._made = made
        self._body: Value | None = None

    @property
    def body(self) -> Value:
        """A map: attributes, and blocks as lists of maps."""
        if self._body is None:
            self._body = self._made()
        return self._body
