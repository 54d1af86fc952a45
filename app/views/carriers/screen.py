"""Carriers and freight: services with their rates, the rules for choosing one, what customers are charged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, select

from app.models.company import carrier
from app.services import carriers, freight
from app.services.carriers import Rate, Zone
from app.views import cells
from app.views.carriers import commands
from app.views.carriers.dialogs import CHOICES, CarrierDialog, FreightDialog, RatesDialog, RuleDialog, ServiceDialog
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.format import tr
from app.views.screen import Group, Place
from app.views.set_up_screen import SetUpScreen
from app.views.tables import RowsTable
from app.views.tokens import Tone
from app.views.widgets.cards import Card
from app.views.widgets.list_view import ListView


@dataclass(frozen=True, slots=True)
class _Found:
    """What the screen shows; carriers include those without a service."""

    carriers: list[Any]
    services: list[Any]
    rates: dict[Any, list[Rate]]
    zones: dict[Any, list[Zone]]
    rules: list[Any]
    freight: list[Any]


class CarriersScreen(SetUpScreen[_Found]):
    """Services on the left; rules and freight tables on the right."""

    tables = ("carrier", "carrier_service", "carrier_rate", "carrier_zone", "carrier_rule", "freight_table")

    def __init__(self, context: Context) -> None:
        super().__init__(context, "carriers")
        self._found: _Found | None = None
        self.bind_all(
            (commands.OPEN, partial(context.open, "carriers")),
            (commands.CARRIER, self.add_carrier),
            (commands.SERVICE, self.add_service),
            (commands.RATES, self.change_rates),
            (commands.RULE, self.add_rule),
            (commands.DROP_RULE, self.drop_rule),
            (commands.FREIGHT, self.add_freight),
        )
        self.set_title(
            self.tr("Carriers and freight"),
            (commands.RATES, "pencil"),
            (commands.SERVICE, "plus"),
            (commands.CARRIER, "plus"),
        )
        self.set_columns((3, (self._services_card(),)), (2, (self._rules_card(), self._freight_card())))

    # commands ----------------------------------------------------------------------------------

    def add_carrier(self) -> None:
        """Add a carrier."""
        CarrierDialog(self.context, parent=self).open()

    def add_service(self) -> None:
        """Add a service."""
        if self._found is None or not self._found.carriers:
            self.context.messages.say(self.tr("Add the carrier first, then its services."))
            return
        ServiceDialog(self.context, self._found.carriers, parent=self).open()

    def change_rates(self) -> None:
        """Change the rates of the highlighted service."""
        service = self.services_view.current_row()
        if service is not None and self._found is not None:
            rates, zones = self._found.rates.get(service.id, []), self._found.zones.get(service.carrier_id, [])
            RatesDialog(self.context, service, rates, zones, parent=self).open()

    def add_rule(self) -> None:
        """Add a rule."""
        RuleDialog(self.context, self._found.services if self._found else [], parent=self).open()

    def drop_rule(self) -> None:
        """Take the highlighted rule out of use."""
        rule = self.rules_view.current_row()
        if rule is None:
            self.context.messages.say(self.tr("Choose the rule that is to go."))
            return
        rule_id = rule.id
        said = self.tr("The rule is out of use.")
        self.context.run(self, "carrier.drop_rule", lambda tx: carriers.drop_rule(tx, rule_id), said=said)

    def add_freight(self) -> None:
        """Add a freight table."""
        FreightDialog(self.context, parent=self).open()

    # building ----------------------------------------------------------------------------------

    def _services_card(self) -> Card:
        card = Card(self.tr("Services"), self.tr("what carriers charge us"))
        self.services: RowsTable[Any] = RowsTable(
            (
                Column[Any]("service", self.tr("Service"), _service, 180, stretch=True),
                Column[Any]("days", self.tr("Days"), _days, 64),
                Column[Any]("limit", self.tr("Up to kg"), _limit, 84, right=True),
                Column[Any]("cut_off", self.tr("Cut-off"), lambda row: cells.text(row.cut_off, tone=Tone.SOFT), 76),
                Column[Any]("rates", self.tr("Rates"), self._rates, 70, right=True),
            )
        )
        self.services_view = ListView(self.services, "carrier_services", two_lines=True)
        self.services_view.setAccessibleName(self.tr("Services of carriers"))
        self.services_view.picked.connect(self._picked)
        self.services_view.opened.connect(self._opened)
        card.body.addWidget(self.services_view, 1)
        return card

    def _rules_card(self) -> Card:
        card = Card(self.tr("Rules"), self.tr("the first that applies decides"))
        self.rules: RowsTable[Any] = RowsTable((Column[Any]("rule", self.tr("Rule"), self._rule, 260, stretch=True),))
        self.rules_view = ListView(self.rules, "carrier_rules", two_lines=True)
        self.rules_view.setAccessibleName(self.tr("Rules for choosing a service"))
        card.body.addWidget(self.rules_view, 1)
        card.body.addWidget(self.button_row((commands.RULE, "plus"), (commands.DROP_RULE, "trash-2")))
        return card

    def _freight_card(self) -> Card:
        card = Card(self.tr("Freight"), self.tr("what customers are charged"))
        self.freight: RowsTable[Any] = RowsTable(
            (
                Column[Any]("code", self.tr("Code"), lambda row: cells.code(row.code), 90),
                Column[Any]("name", self.tr("Name"), lambda row: cells.text(row.name), 120, stretch=True),
                Column[Any]("free", self.tr("Free from"), lambda row: cells.amount(row.free_from), 90, right=True),
            )
        )
        view = ListView(self.freight, "freight_tables")
        view.setAccessibleName(self.tr("Freight tables"))
        card.body.addWidget(view, 1)
        card.body.addWidget(self.button_row((commands.FREIGHT, "plus")))
        return card

    # inner -------------------------------------------------------------------------------------

    def reading(self) -> Callable[[Connection], _Found]:
        """What reads all that is shown."""
        return _read

    def show_found(self, found: _Found) -> None:
        """Fill the cards."""
        self._found = found
        self.services.set_rows(found.services)
        self.rules.set_rows(found.rules)
        self.freight.set_rows(found.freight)
        self._picked(self.services_view.current_row())

    def _picked(self, row: Any) -> None:
        self.context.commands.select(self.place_id, selected=row is not None)

    def _opened(self, _row: object) -> None:
        self.change_rates()

    def _rates(self, row: Any) -> Cell:
        return cells.quantity(len(self._found.rates.get(row.id, [])) if self._found else 0, strong=False)

    def _rule(self, row: Any) -> Cell:
        known = {one.id: f"{one.carrier} {one.name}" for one in self._found.services} if self._found else {}
        parts = (tr(CHOICES[row.choice]), known.get(row.service_id, ""), row.countries)
        return cells.two_lines(row.name, " · ".join(part for part in parts if part), code_below=False)


def _service(row: Any) -> Cell:
    return cells.two_lines(row.name, row.carrier, code_below=False)


def _days(row: Any) -> Cell:
    days = str(row.days_min) if row.days_min == row.days_max else f"{row.days_min}–{row.days_max}"
    return cells.text(days, tone=Tone.SOFT)


def _limit(row: Any) -> Cell:
    return cells.quantity(Decimal(row.max_weight_g) / 1000 if row.max_weight_g else None, strong=False)


def _read(connection: Connection) -> _Found:
    known = connection.execute(select(carrier.c.id, carrier.c.name).where(carrier.c.active).order_by(carrier.c.name))
    return _Found(
        list(known),
        carriers.services(connection),
        carriers.rates(connection),
        carriers.all_zones(connection),
        carriers.rules(connection),
        freight.tables(connection),
    )


PLACE: Final = Place(
    "carriers",
    "Carriers and freight",
    "truck",
    Group.HIDDEN,
    CarriersScreen,
    kinds=("carriers",),
    commands=commands.COMMANDS,
)
