"""Promotions in a list, with what each gives, when, and which coupons open it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import ClassVar, Final

from sqlalchemy import Connection

from app.services import promotions
from app.services.promotions import PromotionRules, PromotionSheet
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context, Inverse
from app.views.format import tr
from app.views.promotions import commands, words
from app.views.promotions.dialogs import CouponDialog, PromotionDialog, StopCouponDialog
from app.views.screen import Group, Place
from app.views.set_up_screen import SetUpScreen
from app.views.tables import RowsTable
from app.views.tokens import Glyph, Hue, Tone
from app.views.widgets.buttons import ActionButton, Kind
from app.views.widgets.cards import Card
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.list_view import ListView


class PromotionsScreen(SetUpScreen[Sequence[PromotionSheet]]):
    """Set-up of promotions and coupons."""

    tables: ClassVar[tuple[str, ...]] = (
        "promotion",
        "promotion_step",
        "promotion_product",
        "coupon",
        "order_promotion",
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context, "promotions")
        self.bind_all(
            (commands.OPEN, partial(context.open, "promotions")),
            (commands.NEW, self.add),
            (commands.CHANGE, self.change),
            (commands.COUPON, self.add_coupon),
            (commands.STOP, self.stop),
            (commands.STOP_COUPON, self.stop_coupon),
        )
        self.set_title(
            self.tr("Promotions"),
            (commands.STOP, "ban"),
            (commands.STOP_COUPON, "tag"),
            (commands.COUPON, "tag"),
            (commands.CHANGE, "pencil"),
            (commands.NEW, "plus"),
        )
        self.card = Card(self.tr("Promotions"), self.tr("worked out by priority, each on what those before it left"))
        self.rows: RowsTable[PromotionSheet] = RowsTable(
            (
                Column[PromotionSheet]("name", self.tr("Name"), _name, 270, stretch=True),
                Column[PromotionSheet]("gives", self.tr("Gives"), _gives, 330, stretch=True),
                Column[PromotionSheet]("state", self.tr("Status"), self._state, 104),
                Column[PromotionSheet]("days", self.tr("Days"), _days, 264),
                Column[PromotionSheet]("coupons", self.tr("Coupons"), _coupons, 200),
                Column[PromotionSheet]("orders", self.tr("Orders"), _orders, 70, right=True),
            )
        )
        self.view = ListView(self.rows, "promotions", two_lines=True)
        self.view.setAccessibleName(self.tr("Promotions"))
        self.view.picked.connect(self._picked)
        self.view.opened.connect(self._opened)
        self.card.body.addWidget(self.view, 1)
        self.set_columns((1, (self.card,)))
        self.set_empty(
            EmptyState(
                "percent",
                self.tr("No promotions yet"),
                self.tr(
                    "10 % from ten pieces, three for two, goods along from an amount: orders get it by themselves, or "
                    "with a coupon."
                ),
                ActionButton(context.commands[commands.NEW.id], "plus", Kind.PRIMARY),
            )
        )

    def reading(self) -> Callable[[Connection], Sequence[PromotionSheet]]:
        """Read all promotions."""
        return promotions.read

    def show_found(self, found: Sequence[PromotionSheet]) -> None:
        """Fill the list; the promotion that was highlighted stays so."""
        current = self.view.current_row()
        ids = [one.rules.id for one in found]
        self.rows.set_rows(found)
        self.show_empty(empty=not found)
        if found:
            place = ids.index(current.rules.id) if current is not None and current.rules.id in ids else 0
            self.view.selectRow(place)
        self._picked(self.view.current_row())

    def add(self) -> None:
        """Set up another promotion."""
        PromotionDialog(self.context, None, parent=self).open()

    def change(self) -> None:
        """Change the highlighted promotion."""
        sheet = self.view.current_row()
        if sheet is not None:
            PromotionDialog(self.context, sheet, parent=self).open()

    def add_coupon(self) -> None:
        """Make a coupon for the highlighted promotion."""
        sheet = self.view.current_row()
        if sheet is not None:
            CouponDialog(self.context, sheet.rules, parent=self).open()

    def stop(self) -> None:
        """Stop the highlighted promotion, or let it run again."""
        sheet = self.view.current_row()
        if sheet is None or sheet.rules.id is None:
            return
        key, running = sheet.rules.id, sheet.rules.active
        said = tr("{} is stopped.") if running else tr("{} runs again.")
        self.context.run(
            self,
            "promotion.stop",
            lambda tx: promotions.set_active(tx, key, active=not running),
            said=said.format(sheet.rules.name),
            inverse=Inverse("promotion.stop", lambda tx, _: promotions.set_active(tx, key, active=running)),
        )

    def stop_coupon(self) -> None:
        """Stop a coupon of the highlighted promotion, or let it be used again."""
        sheet = self.view.current_row()
        if sheet is not None and sheet.coupons:
            StopCouponDialog(self.context, sheet, parent=self).open()

    def _picked(self, row: PromotionSheet | None) -> None:
        self.context.commands.select(self.place_id, selected=row is not None)
        self.context.commands.allow(commands.STOP_COUPON.id, allowed=row is not None and bool(row.coupons))

    def _opened(self, _row: object) -> None:
        self.change()

    def _state(self, sheet: PromotionSheet) -> Cell:
        return _running(sheet.rules, self.context.today())


def _name(sheet: PromotionSheet) -> Cell:
    return cells.two_lines(sheet.rules.name, sheet.rules.code)


def _gives(sheet: PromotionSheet) -> Cell:
    return cells.text(words.summary(sheet.rules))


def _running(rules: PromotionRules, today: date) -> Cell:
    if not rules.active:
        return cells.chip(tr("Stopped"), Hue.GREY, Glyph.SLASH)
    if rules.ends_on is not None and rules.ends_on < today:
        return cells.chip(tr("Over"), Hue.GREY, Glyph.SLASH)
    if rules.starts_on is not None and today < rules.starts_on:
        return cells.chip(tr("To come"), Hue.AMBER, Glyph.CLOCK)
    return cells.chip(tr("Running"), Hue.GREEN, Glyph.CHECK)


def _days(sheet: PromotionSheet) -> Cell:
    rules = sheet.rules
    if rules.starts_on is None and rules.ends_on is None:
        return cells.text(tr("always"), tone=Tone.SOFT)
    first, last = (written.full_day(one) if one else "" for one in (rules.starts_on, rules.ends_on))
    if not last:
        return cells.text(tr("from {}").format(first), tone=Tone.SOFT)
    return cells.text(f"{first} – {last}" if first else tr("until {}").format(last), tone=Tone.SOFT)


def _coupons(sheet: PromotionSheet) -> Cell:
    if not sheet.rules.needs_coupon and not sheet.coupons:
        return cells.text(tr("without"), tone=Tone.SOFT)
    codes = [f"{one.code} {one.uses}/{one.most_uses or '∞'}" for one in sheet.coupons if one.active]
    return cells.text(", ".join(codes) or tr("none yet"), tone=Tone.SOFT)


def _orders(sheet: PromotionSheet) -> Cell:
    return cells.text(str(sheet.orders) if sheet.orders else "", tone=Tone.SOFT)


PLACE: Final = Place(
    "promotions",
    "Promotions",
    "percent",
    Group.HIDDEN,
    PromotionsScreen,
    kinds=("promotions",),
    commands=commands.COMMANDS,
)
