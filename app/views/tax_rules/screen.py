"""The rules for the taxes of a place in the order they are asked, and a box to try them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Final
from uuid import UUID

from PySide6.QtWidgets import QStackedWidget
from sqlalchemy import Connection

from app.errors import UserError
from app.services import companies, place_taxes
from app.services.companies import TaxRule
from app.services.place_taxes import Registration, StoredRule
from app.services.transaction import Transaction
from app.views import cells
from app.views.cells import Cell, Column
from app.views.context import Context, Inverse
from app.views.format import tr
from app.views.screen import Group, Place
from app.views.set_up_screen import SetUpScreen
from app.views.tables import RowsTable
from app.views.tax_rules import commands, words
from app.views.tax_rules.dialogs import EndDialog, RegistrationsDialog, TaxRuleDialog
from app.views.tax_rules.trial import TrialCard
from app.views.tokens import Tone
from app.views.widgets.banner import Banner
from app.views.widgets.buttons import ActionButton, Kind
from app.views.widgets.cards import Card
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.list_view import ListView


@dataclass(frozen=True, slots=True)
class Known:
    """All that the screen shows."""

    country: str
    taxes: tuple[TaxRule, ...]
    rules: tuple[StoredRule, ...]
    registrations: tuple[Registration, ...]


class TaxRulesScreen(SetUpScreen[Known]):
    """Rules on the left, the box to try them on the right."""

    tables: ClassVar[tuple[str, ...]] = ("tax_rule", "tax_registration", "tax", "company")

    def __init__(self, context: Context) -> None:
        super().__init__(context, "tax_rules")
        self.bind_all(
            (commands.OPEN, partial(context.open, "tax_rules")),
            (commands.NEW, self.add),
            (commands.USUAL, self.add_usual),
            (commands.CHANGE, self.change),
            (commands.END, self.end),
            (commands.REMOVE, self.remove),
            (commands.REGISTRATIONS, self.register),
        )
        self.known: Known | None = None
        self.set_title(
            self.tr("Tax rules"),
            (commands.REGISTRATIONS, "file-check"),
            (commands.USUAL, "check"),
            (commands.NEW, "plus"),
        )
        self.trial = TrialCard(context)
        self.set_columns((5, (self._rules(),)), (4, (self.trial,)))

    def _rules(self) -> Card:
        card = Card(self.tr("Rules"), self.tr("the one that says most wins, then the lowest rank"))
        self.banner = Banner(tone=Tone.BAD)
        self.rules: RowsTable[StoredRule] = RowsTable(
            (
                Column[StoredRule]("name", self.tr("Rule"), _name, 270, stretch=True),
                Column[StoredRule]("place", self.tr("Goods go to"), _place, 150),
                Column[StoredRule]("taxes", self.tr("Taxes"), _taxes, 90),
                Column[StoredRule]("rank", self.tr("Rank"), lambda one: cells.quantity(one.rank), 64, right=True),
            )
        )
        self.view = ListView(self.rules, "tax_rules", two_lines=True)
        self.view.setAccessibleName(self.tr("Tax rules"))
        self.view.picked.connect(self._picked)
        self.view.opened.connect(self._opened)
        bound = self.context.commands
        self.empty = EmptyState(
            "percent",
            self.tr("No tax rules"),
            self.tr(
                "Every sale bears the taxes of its product. Sellers in the European Union begin with the usual rules: "
                "intra-community supply, reverse charge and export."
            ),
            ActionButton(bound[commands.NEW.id], "plus"),
            ActionButton(bound[commands.USUAL.id], "check", Kind.PRIMARY),
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.empty)
        card.body.addWidget(self.banner)
        card.body.addWidget(self.stack, 1)
        row = self.button_row((commands.CHANGE, "pencil"), (commands.END, "calendar"), (commands.REMOVE, "trash-2"))
        card.body.addWidget(row)
        return card

    def reading(self) -> Callable[[Connection], Known]:
        """Read the rules, the taxes they name, and where we are registered."""
        return _read

    def show_found(self, found: Known) -> None:
        """Fill the list, and try again what stands in the box."""
        current = self.view.current_row()
        self.known = found
        self.rules.set_rows(found.rules)
        self.stack.setCurrentWidget(self.view if found.rules else self.empty)
        ids = [one.id for one in found.rules]
        if ids:
            self.view.selectRow(ids.index(current.id) if current and current.id in ids else 0)
        self._picked(self.view.current_row())
        self.trial.begin(found.country, found.taxes)

    def add(self) -> None:
        """Add a rule."""
        self._edit(None)

    def change(self) -> None:
        """Change the highlighted rule."""
        rule = self.view.current_row()
        if rule is not None:
            self._edit(rule)

    def end(self) -> None:
        """Say on which day the highlighted rule ends."""
        rule = self.view.current_row()
        if rule is not None:
            EndDialog(self.context, rule, parent=self).open()

    def remove(self) -> None:
        """Remove the highlighted rule."""
        rule = self.view.current_row()
        if rule is None or rule.id is None:
            return
        rule_id: UUID = rule.id
        self.context.run(
            self,
            "tax_rule.remove",
            lambda tx: place_taxes.remove(tx, rule_id),
            said=tr("“{}” is removed. Documents keep their taxes.").format(rule.name),
            inverse=Inverse("tax_rule.save", lambda tx, _: place_taxes.restore(tx, rule)),
        )

    def add_usual(self) -> None:
        """Add what a seller in the European Union usually needs."""
        self.banner.set_text("")
        self.context.run(
            self,
            "tax_rule.usual",
            place_taxes.add_usual,
            said=_added,
            failed=self._refused,
            inverse=Inverse("tax_rule.remove", _remove_all),
        )

    def register(self) -> None:
        """Say where else we are registered for tax."""
        if self.known is not None:
            RegistrationsDialog(self.context, self.known.registrations, parent=self).open()

    def _edit(self, rule: StoredRule | None) -> None:
        if self.known is not None:
            codes = [one.code for one in self.known.taxes]
            TaxRuleDialog(self.context, rule, codes, parent=self).open()

    def _refused(self, error: UserError) -> None:
        self.banner.set_text(str(error))

    def _picked(self, row: object) -> None:
        self.context.commands.select(self.place_id, selected=row is not None)

    def _opened(self, _row: object) -> None:
        self.change()


def _read(connection: Connection) -> Known:
    taxes = sorted(companies.taxes(connection).values(), key=lambda one: one.code)
    return Known(
        companies.get(connection).country,
        tuple(taxes),
        tuple(place_taxes.read(connection)),
        tuple(place_taxes.registrations(connection)),
    )


def _remove_all(tx: Transaction, ids: list[UUID]) -> None:
    for one in ids:
        place_taxes.remove(tx, one)


def _added(ids: Any) -> str:
    return tr("{} rules are added.").format(len(ids)) if ids else tr("The usual rules are all here.")


def _name(rule: StoredRule) -> Cell:
    said = " · ".join(part for part in (words.conditions(rule), words.days(rule)) if part)
    return cells.two_lines(rule.name, said, code_below=False)


def _place(rule: StoredRule) -> Cell:
    return cells.text(words.place(rule), tone=Tone.SOFT)


def _taxes(rule: StoredRule) -> Cell:
    return cells.code(rule.tax_codes) if rule.tax_codes else cells.text(tr("no tax"), tone=Tone.FAINT)


PLACE: Final = Place(
    "tax_rules",
    "Tax rules",
    "percent",
    Group.HIDDEN,
    TaxRulesScreen,
    kinds=("tax_rules",),
    commands=commands.COMMANDS,
)
