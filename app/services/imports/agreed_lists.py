"""Which price list a row of agreed prices belongs to: the one of its customer, of its group, or of everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.models.party import customer
from app.models.price_list import HIGHEST_PRIORITY
from app.services import companies, parties, price_list_sheets
from app.services.imports.fields import Kind
from app.services.imports.known import Suggestions, imported
from app.services.imports.values import Value
from app.services.price_lists import For

EVERYBODY: Final = For()
LONGEST_NAME: Final = 80


class RefusedError(Exception):
    """A row cannot be taken: the field it is about, why, and what to do."""

    def __init__(self, field: str, reason: str, fix: str = "") -> None:
        super().__init__(reason)
        self.field, self.reason, self.fix = field, reason, fix


@dataclass(frozen=True, slots=True)
class Agreed:
    """The list a price goes to: its id (None: the import adds it), name and currency, and for whom it is."""

    list_id: UUID | None
    name: str
    currency: str
    buyer: For
    who: str  # the buyer as the file may name it again
    priority: int | None = None  # of a list that is added


class AgreedLists:
    """Finds customers, groups and lists that rows name, each once."""

    def __init__(self, connection: Connection, source: str) -> None:
        self._connection, self._source = connection, source
        self._lists = price_list_sheets.read(connection)
        self._by_name = {one.name: one for one in self._lists}
        self._own = companies.own_currency(connection)
        self._groups = parties.groups(connection)
        self._suggest = Suggestions(connection, customer.c.number)
        self._buyers: dict[str, tuple[For, str, str]] = {}
        self._new: dict[str, Agreed] = {}

    def of(self, row: dict[str, Value]) -> Agreed:
        """Find the list of a row.

        Raises:
            RefusedError: customer, group or list is not here, or it is not clear which list is meant.

        """
        typed, group = str(row.get("customer") or ""), str(row.get("customer_group") or "")
        if typed and group:
            raise RefusedError("customer_group", "A price is for a customer or for a group.", "Leave one of them out.")
        if group and group not in self._groups:
            known = f"Use one of: {', '.join(self._groups)}." if self._groups else "Give customers a group first."
            raise RefusedError("customer_group", f"No customer is in the group {group}.", known)
        buyer, who, currency = self._customer(typed) if typed else (For(group=group), group, self._own)
        wanted, name = str(row.get("currency") or ""), str(row.get("price_list") or "")
        if name:
            return self._named(name, buyer if typed or group else None, who, wanted)
        return self._usual(buyer, who, wanted or currency)

    def _customer(self, typed: str) -> tuple[For, str, str]:
        """Find a customer by the number here or in the other program, or by name: with number and currency."""
        if typed not in self._buyers:
            before = imported(self._connection, self._source, Kind.CUSTOMERS, [typed]).get(typed)
            column = customer.c
            which = column.id == before[0] if before else (column.number == typed)
            query = select(column.id, column.number, column.currency)
            rows = self._connection.execute(query.where(which)).all()
            rows = rows or self._connection.execute(query.where(column.name == typed, column.active)).all()
            if not rows:
                fix = self._suggest.sentence(typed) or "Import the customer first, or use the customer's number."
                raise RefusedError("customer", f"There is no customer {typed}.", fix)
            if len(rows) > 1:
                raise RefusedError("customer", f"There are several customers {typed}.", "Use the customer's number.")
            self._buyers[typed] = (For(rows[0].id), rows[0].number, rows[0].currency or self._own)
        return self._buyers[typed]

    def _named(self, name: str, buyer: For | None, who: str, currency: str) -> Agreed:
        """Find the list a row names; one that is not here is added, for the row's buyer."""
        known = self._by_name.get(name)
        if known is None:
            return self._added(name, buyer or EVERYBODY, who, currency or self._own)
        if not known.active:
            raise RefusedError(
                "price_list", f"The price list {name} is put away.", "Put it back in use, or name another."
            )
        if currency and currency != known.currency:
            raise RefusedError(
                "currency", f"{name} is in {known.currency}.", "Correct the currency, or name another list."
            )
        if buyer is not None and known.buyers != (buyer,):
            fix = "Name another list, or leave customer and group out."
            raise RefusedError("price_list", f"{name} is not for {who} alone.", fix)
        return Agreed(known.id, known.name, known.currency, buyer or EVERYBODY, who)

    def _usual(self, buyer: For, who: str, currency: str) -> Agreed:
        """Find the only list that is for this buyer; without any, one is added."""
        found = [one for one in self._lists if one.active and one.currency == currency and buyer in one.buyers]
        if buyer.customer_id is not None:  # a list of one's own may stand beside lists shared with others
            found = [one for one in found if one.buyers == (buyer,)]
        if len(found) == 1 and found[0].buyers == (buyer,):
            return Agreed(found[0].id, found[0].name, currency, buyer, who)
        if found:
            named = ", ".join(one.name for one in found[:3])
            reason = f"Prices for {who or 'everybody'} in {currency} may go to more than one list: {named}."
            raise RefusedError("price_list", reason, "Name the list in a column “Price list”.")
        name = f"Agreed with {who}, {currency}" if who else f"Agreed prices, {currency}"
        return self._added(name, buyer, who, currency)

    def _added(self, name: str, buyer: For, who: str, currency: str) -> Agreed:
        if name in self._by_name:
            raise RefusedError("price_list", f"There is a price list {name} for others.", "Name another list.")
        if len(name) > LONGEST_NAME:
            raise RefusedError("price_list", f"The name of a list has at most {LONGEST_NAME} letters.", "Shorten it.")
        new = self._new.setdefault(name, Agreed(None, name, currency, buyer, who, self._above(buyer, currency)))
        if (new.buyer, new.currency) != (buyer, currency):
            raise RefusedError(
                "price_list", f"{name} is for {new.who or 'everybody'} in {new.currency} in an earlier row."
            )
        return new

    def _above(self, buyer: For, currency: str) -> int | None:
        """Give a customer's new list a priority above the lists they share with others; without those, none."""
        if buyer.customer_id is None:
            return None
        shared = [
            one.priority or 0
            for one in self._lists
            if one.active and one.currency == currency and any(b.customer_id == buyer.customer_id for b in one.buyers)
        ]
        return min(HIGHEST_PRIORITY, max(shared) + 1) if shared else None
