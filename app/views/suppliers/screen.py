"""Suppliers: find one, see what they supply and what is still to come, change what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from app.services import suppliers
from app.services.lists import SUPPLIERS, SupplierRow
from app.services.suppliers import Supplier
from app.views import cells
from app.views.cells import Column
from app.views.context import Context, Inverse
from app.views.format import tr
from app.views.list_screen import SheetScreen
from app.views.list_spec import Filter, ListSpec, Option, Tab
from app.views.screen import Finder, Found, Group, Place
from app.views.suppliers.commands import COMMANDS, EDIT, NEW, ORDER, RETIRE
from app.views.suppliers.dialogs import Choices, SupplierDialog, read_choices
from app.views.suppliers.panel import SupplierPanel
from app.views.tokens import Tone

SPEC: Final = ListSpec(
    listing=SUPPLIERS,
    columns=(
        Column[SupplierRow]("number", "Number", lambda row: cells.code(row.number), 96, sort="number"),
        Column[SupplierRow](
            "name", "Supplier", lambda row: cells.text(row.name, strong=True), 180, sort="name", stretch=True
        ),
        Column[SupplierRow]("city", "City", lambda row: cells.text(row.city), 120),
        Column[SupplierRow]("country", "", lambda row: cells.text(row.country, tone=Tone.FAINT), 44),
        Column[SupplierRow](
            "lead", "Lead time", lambda row: cells.text(_days(row.lead_days)), 96, sort="lead_days", right=True
        ),
        Column[SupplierRow]("products", "Products", lambda row: cells.quantity(row.products), 84, right=True),
        Column[SupplierRow]("orders", "To come", lambda row: cells.quantity(row.open_orders), 80, right=True),
        Column[SupplierRow]("currency", "", lambda row: cells.text(row.currency, tone=Tone.FAINT), 52),
    ),
    nouns=("supplier", "suppliers"),
    search_hint="Name, number, city…",
    tabs=(Tab("active", "Active", {"active": "yes"}), Tab("all", "All", counted=False)),
    filters=(
        Filter("active", "Suppliers", (Option("yes", "active", True), Option("no", "inactive", False))),
        Filter("drop_ships", "Send", (Option("yes", "to our customers", True),)),
    ),
)


class SuppliersScreen(SheetScreen[SupplierRow, Supplier]):
    """The suppliers with what they supply."""

    kind = "supplier"

    def __init__(self, context: Context) -> None:
        super().__init__(context, "suppliers", suppliers.get)
        self.bind_all((NEW, self.new), (EDIT, self.edit), (RETIRE, self.retire), (ORDER, self.order))
        self.panel = SupplierPanel(context)
        self.show_list(self.tr("Suppliers"), SPEC, self.panel)
        self.add_buttons(new=NEW)
        self.set_empty(
            "building-2",
            self.tr("No suppliers yet"),
            self.tr("Add whom you buy from; then say on a product's page what they ask for it."),
            NEW,
        )

    def new(self) -> None:
        """Ask for a new supplier."""
        self.context.tasks.read(self, read_choices, partial(self._ask, None))

    def edit(self) -> None:
        """Change the highlighted supplier."""
        row = self.list.current()
        if row is not None:
            self.context.tasks.read(self, partial(_known, supplier_id=row.id), self._ask_change)

    def retire(self) -> None:
        """Buy no more from the highlighted supplier, or again."""
        row = self.list.current()
        if row is None:
            return
        supplier_id, active = row.id, row.active

        def change(tx: Any, *, value: bool) -> None:
            suppliers.change(tx, supplier_id, {"active": value}, {"active": not value})

        said = tr("{} is out of use.") if active else tr("{} is used again.")
        self.context.run(
            self,
            "supplier.change",
            lambda tx: change(tx, value=not active),
            said=said.format(row.name),
            inverse=Inverse("supplier.change", lambda tx, _: change(tx, value=active)),
        )

    def order(self) -> None:
        """Write a purchase order to the highlighted supplier."""
        row = self.list.current()
        if row is not None:
            self.context.open("purchasing", supplier=row.id)

    def _ask(self, known: Supplier | None, choices: Choices) -> None:
        dialog = SupplierDialog(self.context, known, choices, parent=self)
        if known is None:
            dialog.done_with.connect(self.open_record)
        dialog.open()

    def _ask_change(self, found: tuple[Supplier, Choices]) -> None:
        self._ask(*found)

    def open_row(self, row: SupplierRow) -> None:
        """Enter changes the supplier."""
        self.edit()

    def head_of(self, sheet: Supplier) -> Supplier:
        """A supplier names itself."""
        return sheet


def _days(count: int) -> str:
    return tr("1 day") if count == 1 else tr("{} days").format(count)


def _known(connection: Connection, supplier_id: UUID) -> tuple[Supplier, Choices]:
    return suppliers.get(connection, supplier_id), read_choices(connection)


def _find(connection: Connection, text: str, limit: int) -> Sequence[Found]:
    return [Found(key, name, number) for key, number, name in suppliers.find(connection, text, limit)]


PLACE: Final = Place(
    "suppliers",
    "Suppliers",
    "building-2",
    Group.FULFIL,
    SuppliersScreen,
    kinds=("supplier",),
    commands=COMMANDS,
    finders=(Finder("supplier", "Suppliers", "building-2", _find),),
)
