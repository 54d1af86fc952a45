"""Rows onto pages: kept whole where a page can hold them, tables with their head and subtotal on every page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from app.services.documents.blocks import NOTHING, Row

_DIGITS = 1000  # of a running subtotal: sums are exact whatever the amounts
_LEAST_PART = 60.0  # points; a divided row does not begin with less of it than this


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head that is repeated on every page.

    ``carried`` and ``brought`` make the rows that close and open a page with the subtotal so far; None where the
    table has no amounts.
    """

    head: Row
    rows: Sequence[Row]
    carried: Callable[[Decimal], Row] | None = None
    brought: Callable[[Decimal], Row] | None = None


@dataclass(slots=True)
class Page:
    """Rows and how far below the upper edge of the sheet each begins."""

    rows: list[tuple[float, Row]] = field(default_factory=list)


class Pages:
    """Pages being filled from top to bottom; all lengths in points from the upper edge of the sheet."""

    def __init__(self, *, first_top: float, next_top: float, bottom: float) -> None:
        self._next_top = next_top
        self._bottom = bottom
        self._cursor = self._page_top = first_top
        self._pages = [Page()]

    def __iter__(self) -> Iterator[Page]:
        return iter(self._pages)

    def __len__(self) -> int:
        return len(self._pages)

    @property
    def room(self) -> float:
        """What is left of the page."""
        return self._bottom - self._cursor

    @property
    def full_room(self) -> float:
        """What a following page can hold."""
        return self._bottom - self._next_top

    def new_page(self) -> None:
        """Go on at the top of the next page."""
        self._pages.append(Page())
        self._cursor = self._page_top = self._next_top

    def space(self, height: float) -> None:
        """Leave white space, which a page does not begin with."""
        if self._cursor > self._page_top:
            self._cursor += height

    def add(self, *rows: Row) -> None:
        """Place rows that belong together: on one page when one can hold them, else as far as they go."""
        together = sum(row.height for row in rows)
        if together > self.room and together <= self.full_room:
            self.new_page()
        for row in rows:
            rest: Row | None = row
            while rest is not None:
                rest = self._place_part(rest)

    def place(self, row: Row) -> None:
        """Place a row here, whether it fits or not."""
        self._pages[-1].rows.append((self._cursor, row))
        self._cursor += row.height

    def keep(self, row: Row, follows: float) -> None:
        """Place a row on the page that also has room for the ``follows`` points after it, if any page has."""
        if row.height + follows > self.room and row.height + follows <= self.full_room:
            self.new_page()
        self.add(row)

    def _place_part(self, row: Row) -> Row | None:
        """Place as much of the row as fits and turn the page when something is left, which is given back."""
        first, rest = row.divided(self.room)
        if first is None and self._cursor == self._page_top:
            first, rest = row, None  # a drawing higher than a page: it must go somewhere
        if first is not None:
            self.place(first)
        if rest is not None:
            self.new_page()
        return rest

    def add_table(self, table: Table, *, tail: float = 0.0) -> None:
        """Place a table; its last row moves on with the ``tail`` points that follow it when they do not fit here."""
        _TablePlacement(self, table, tail).place()


class _TablePlacement:
    """One table on its way onto the pages, with the subtotal of what has been placed."""

    def __init__(self, pages: Pages, table: Table, tail: float) -> None:
        self.pages = pages
        self.table = table
        self.tail = tail
        self.subtotal = NOTHING
        self.rows_on_page = 0
        self.close_height = table.carried(NOTHING).height if table.carried else 0.0
        open_height = table.brought(NOTHING).height if table.brought else 0.0
        self.fresh_room = pages.full_room - table.head.height - open_height

    def place(self) -> None:
        """Place head and rows; a head never stands alone at the foot of a page."""
        rows = self.table.rows
        first = rows[0].height if rows else 0.0
        wanted = first if first + self.close_height <= self.fresh_room else _LEAST_PART
        if self.table.head.height + wanted + self.close_height > self.pages.room:
            self.pages.new_page()
        self.pages.place(self.table.head)
        for index, row in enumerate(rows):
            self._place_row(row, is_last=index == len(rows) - 1)

    def _place_row(self, row: Row, *, is_last: bool) -> None:
        follows = 0.0 if is_last else self.close_height
        if is_last and row.height + self.tail <= self.fresh_room:
            follows = self.tail
        wanted = row.height + follows
        if wanted > self.pages.room and wanted <= self.fresh_room and self.rows_on_page:
            self._turn_page()
        if wanted <= self.pages.room:
            self._put(row)
        else:
            self._put_in_parts(row, is_last=is_last)

    def _put_in_parts(self, row: Row, *, is_last: bool) -> None:
        """Divide a row that no page can hold whole; every page it leaves is closed with the subtotal."""
        rest: Row | None = row
        if self.pages.room - self.close_height < _LEAST_PART and self.rows_on_page:
            self._turn_page()
        while rest is not None:
            part: Row | None
            room = self.pages.room
            if rest.height <= room - (0.0 if is_last else self.close_height):
                part, rest = rest, None
            else:
                part, rest = rest.divided(room - self.close_height)
                if part is None and not self.rows_on_page:
                    part, rest = rest, None  # a drawing higher than a page: it must go somewhere
            if part is not None:
                self._put(part)
            if rest is not None:
                self._turn_page()

    def _put(self, row: Row) -> None:
        self.pages.place(row)
        self.rows_on_page += 1
        with localcontext(prec=_DIGITS):
            self.subtotal += row.amount

    def _turn_page(self) -> None:
        if self.table.carried:
            self.pages.place(self.table.carried(self.subtotal))
        self.pages.new_page()
        self.pages.place(self.table.head)
        if self.table.brought:
            self.pages.place(self.table.brought(self.subtotal))
        self.rows_on_page = 0
