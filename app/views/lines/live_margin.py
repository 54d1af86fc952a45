"""The margins of the lines of a document while they are typed; what products cost is read off the GUI thread."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from sqlalchemy import Connection

from app.errors import UserError
from app.services import margins
from app.services.drafting import Draft, TypedLine
from app.services.margins import Costs, Margin, Summed
from app.views.context import Context

WITH_COST: Final = frozenset({"goods", "kit"})


class LiveMargin(QObject):
    """Knows what the products of a draft cost.  ``changed`` tells when that is known, or hidden."""

    changed = Signal()

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._draft: Draft | None = None
        self._costs = Costs()
        self._asked: set[UUID] = set()
        self._kept: dict[UUID, tuple[TypedLine, Decimal | None]] = {}
        context.margins.changed.connect(self._switched)

    @property
    def shown(self) -> bool:
        """Whether margins are shown at this desk."""
        return self._context.margins.shown

    def show_draft(self, draft: Draft) -> None:
        """Another document is typed, or it was read again: what its products cost is read anew."""
        other = self._draft is None or draft.rules.currency != self._draft.rules.currency
        self._draft, self._asked = draft, set()
        if other:
            self._costs, self._kept = Costs(), {}
        self.ask()

    def ask(self) -> None:
        """Read what products cost that were not asked about yet."""
        if self._draft is None or not self.shown:
            return
        ids = {line.product.id for line in self._draft.lines if line.product and line.product.kind in WITH_COST}
        if ids - self._asked:
            self._asked |= ids
            currency, today = self._draft.rules.currency, self._context.today()
            read = partial(_read, product_ids=frozenset(self._asked), currency=currency, on=today)
            self._context.tasks.read(self, read, partial(self._found, self._draft), self._unknown)

    def of_line(self, number: int) -> Margin | None:
        """The margin of a line after all discounts; None: it has no cost, or none is shown."""
        if self._draft is None or not self.shown:
            return None
        cost = self._cost(self._draft.lines[number])
        return None if cost is None else Margin(self._draft.computed(number).net, cost)

    def whole(self) -> Summed:
        """The margin of all lines in the total."""
        return margins.summed(self._included()) if self.shown else Summed(None)

    def _included(self) -> Iterator[tuple[Decimal, Decimal | None, bool]]:
        for line, found in self._draft.included() if self._draft is not None else ():
            yield found.net, self._cost(line), line.product is not None and line.product.kind in WITH_COST

    def _cost(self, line: TypedLine) -> Decimal | None:
        known = self._kept.get(line.id)
        if known is not None and known[0] is line:
            return known[1]
        product = line.product
        found = self._costs.of(product.id, product.grains(line.quantity, line.unit)) if product is not None else None
        self._kept[line.id] = (line, found)
        return found

    def _found(self, draft: Draft, costs: Costs) -> None:
        if draft is not self._draft:
            return  # another document is on show by now
        self._costs, self._kept = costs, {}
        self.changed.emit()

    def _unknown(self, _error: UserError) -> None:
        """The currency has no rate: there is no margin to show; confirming and invoicing say what to do."""
        self._costs, self._kept = Costs(), {}
        self.changed.emit()

    def _switched(self) -> None:
        self.ask()
        self.changed.emit()


def _read(connection: Connection, product_ids: frozenset[UUID], currency: str, on: date) -> Costs:
    return margins.costs(connection, product_ids, currency, on)
