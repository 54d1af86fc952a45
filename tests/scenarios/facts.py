"""Reads the names of a case strictly: whatever nobody looked at is reported in the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any


class NotCovered(Exception):
    """The case uses something its adapter does not know; the text says what."""


class Facts:
    """A mapping of a case, each of whose names must be read.

    ``where`` is the place of the mapping within the case, for messages.  Figures are texts and become exact
    numbers here; nothing is ever a float.
    """

    def __init__(self, values: Mapping[str, Any], where: str = "") -> None:
        if not isinstance(values, Mapping):
            raise NotCovered(f"{where or 'the case'} is not a mapping: {values!r}")
        self.where = where
        self._values = values
        self._unread = set(values)
        self._children: list[Facts] = []

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def place(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name

    def value(self, name: str, default: Any = None) -> Any:
        """The value as it is; names without one (null) count as absent."""
        self._unread.discard(name)
        found = self._values.get(name)
        return default if found is None else found

    def ignore(self, *names: str) -> None:
        """Say that these names are remarks for people."""
        self._unread.difference_update(names)

    def text(self, name: str, default: str = "") -> str:
        found = self.value(name, default)
        if not isinstance(found, str):
            raise NotCovered(f"{self.place(name)} is not a text: {found!r}")
        return found

    def choice(self, name: str, allowed: Sequence[str], default: str = "") -> str:
        found = self.text(name, default)
        if found not in allowed:
            raise NotCovered(f"{self.place(name)} is {found!r}, not one of {', '.join(allowed)}")
        return found

    def flag(self, name: str, default: bool = False) -> bool:
        found = self.value(name, default)
        if not isinstance(found, bool):
            raise NotCovered(f"{self.place(name)} is neither true nor false: {found!r}")
        return found

    def whole(self, name: str, default: int | None = None) -> int:
        found = self.value(name, default)
        if isinstance(found, str) and found.lstrip("-").isdigit():
            found = int(found)
        if not isinstance(found, int) or isinstance(found, bool):
            raise NotCovered(f"{self.place(name)} is not a whole number: {found!r}")
        return found

    def number(self, name: str, default: str | None = None) -> Decimal:
        return number(self.value(name, default), self.place(name))

    def optional_number(self, name: str) -> Decimal | None:
        return None if self.value(name) is None else self.number(name)

    def facts(self, name: str) -> Facts:
        """The mapping under a name; an empty one where the name is absent."""
        child = Facts(self.value(name, {}), self.place(name))
        self._children.append(child)
        return child

    def list(self, name: str) -> list[Any]:
        found = self.value(name, [])
        if not isinstance(found, list):
            raise NotCovered(f"{self.place(name)} is not a list: {found!r}")
        return found

    def all_facts(self, name: str) -> list[Facts]:
        """The mappings in the list under a name."""
        children = [Facts(each, f"{self.place(name)}[{index}]") for index, each in enumerate(self.list(name))]
        self._children += children
        return children

    def unread(self) -> list[str]:
        """Every name, here and below, that nobody looked at."""
        own = [self.place(name) for name in self._values if name in self._unread]
        return own + [place for child in self._children for place in child.unread()]


def number(value: Any, where: str) -> Decimal:
    """Read a figure; the cases write them as texts."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise NotCovered(f"{where} is not a figure: {value!r}")
    try:
        found = Decimal(value)
    except InvalidOperation as error:
        raise NotCovered(f"{where} is not a figure: {value!r}") from error
    if not found.is_finite():
        raise NotCovered(f"{where} is not a finite figure: {value!r}")
    return found
