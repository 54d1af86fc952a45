"""What makes one list different from the next, as data."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from app.services.listing import Listing, ListQuery
from app.views.cells import Column
from app.views.tokens import Density

R = TypeVar("R")

Value = Hashable | Callable[[date], Hashable]
"""A filter's value, or how it follows from today's date."""


@dataclass(frozen=True)
class Option:
    """One choice of a filter; ``id`` is what is kept in a saved filter."""

    id: str
    title: str
    value: Value


@dataclass(frozen=True)
class Filter:
    """A filter the user can set: ``name`` is the listing's, ``title`` what stands on the chip."""

    name: str
    title: str
    options: tuple[Option, ...]

    def option(self, option_id: str) -> Option | None:
        """The option of an id, if there is one (still)."""
        return next((option for option in self.options if option.id == option_id), None)


def of_states(name: str, title: str, states: type[StrEnum]) -> Filter:
    """A filter by the state (or the kind) of a record, with an option for each member."""
    return Filter(name, title, tuple(Option(str(one), str(one).capitalize(), str(one)) for one in states))


def as_of_today(today: date) -> date:
    """The value of an option that asks by the date at this desk, e.g. what is late."""
    return today


@dataclass(frozen=True)
class Tab:
    """A saved filter: the options chosen, by filter name, and an order (``-due`` is descending)."""

    id: str
    title: str
    filters: Mapping[str, str] = field(default_factory=dict)
    order: str = ""
    counted: bool = True


@dataclass(frozen=True)
class ListSpec(Generic[R]):
    """One list.

    ``nouns`` are (one, many) for the count under the table; ``total`` names the listing's total shown
    there, ``open_total`` a second one: what of it is still open.  ``bulk`` are commands for ticked rows
    as (command id, icon, short text); without any there are no boxes to tick.
    """

    listing: Listing[R]
    columns: Sequence[Column[R]]
    nouns: tuple[str, str]
    search_hint: str
    tabs: Sequence[Tab] = (Tab("all", "All"),)
    filters: Sequence[Filter] = ()
    bulk: Sequence[tuple[str, str, str]] = ()
    total: str = ""
    open_total: str = ""
    two_lines: bool = False
    density: Density = Density.REGULAR

    def filter(self, name: str) -> Filter | None:
        """The filter of a name, if there is one (still)."""
        return next((one for one in self.filters if one.name == name), None)

    def query(self, chosen: Mapping[str, str], order: str, today: date) -> ListQuery:
        """Turn chosen options and an order into a query; options that no longer exist are left out."""
        query = ListQuery()
        for name, option_id in chosen.items():
            known = self.filter(name)
            option = known.option(option_id) if known is not None else None
            if option is not None:
                value = option.value(today) if callable(option.value) else option.value
                query = query.with_filter(name, value)
        return query.sorted_by(order.lstrip("-"), descending=order.startswith("-"))
