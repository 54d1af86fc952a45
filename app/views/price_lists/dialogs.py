"""Adding and changing a price list: what it is based on, for whom it is, and its rules, typed in a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget
from sqlalchemy import Connection

from app.errors import Invalid
from app.models.pricing import Base, Formula
from app.services import price_list_sheets, price_lists, products
from app.services.price_list_sheets import Sheet
from app.services.price_lists import For, NewPriceList, NewRule, StoredList
from app.services.transaction import Transaction
from app.views import price_words
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.price_words import TypedRule
from app.views.widgets.fields import DateField, Field, QuantityField, place_of
from app.views.widgets.labels import Row
from app.views.widgets.typed_table import Texts, TypedColumn, TypedTable

BUYERS: Final = (
    TypedColumn("customer", "Customer (number or name)", 220, stretch=True),
    TypedColumn("group", "Customer group", 150),
    TypedColumn("channel", "Channel", 130),
    TypedColumn("campaign", "Campaign", 130),
)
EVERYBODY: Final = "everybody"
SOME: Final = "some"
NOBODY: Final = "nobody"


class PriceListDialog(FormDialog):
    """Adds a price list, or changes one; products are typed by SKU, customers by number or name."""

    def __init__(self, context: Context, sheet: Sheet, *, parent: QWidget) -> None:
        known = sheet.list
        title = tr("Change {}").format(known.name) if known else tr("New price list")
        about = tr(
            "The first rule that fits gives the price: 8.90 is a price of its own; −10 %, +5 %, −0.50, “round 0.05”, "
            "“then −0.01” and “margin 2 to 8” (above the start) change what the rule starts from."
        )
        super().__init__(context, title, tr("Save"), about=about, parent=parent)
        self.setMinimumWidth(1130)
        self._sheet = sheet
        rules, self._rest = _apart(known.rules if known else ())
        self._add_head(known)
        self._add_buyers(known)
        written = [price_words.texts(one, sheet.skus, sheet.names) for one in rules]
        self._known = {row["id"]: (rule, row) for rule, row in zip(rules, written, strict=True)}
        self.rules = TypedTable(tr("Rules"), price_words.COLUMNS, written, height=150)
        self.form.add("rules", tr("Rules"), self.rules)
        self.name.setFocus()

    def _add_head(self, known: StoredList | None) -> None:
        today = self.context.today
        self.name = Field(tr("Name"), known.name if known else "")
        self.currency = Field(tr("Currency"), known.currency if known else "", code=True)
        self.currency.setPlaceholderText(tr("the company's"))
        self.currency.setEnabled(known is None)
        priority = known.priority if known else None
        self.priority = QuantityField(tr("Priority"), None if priority is None else Decimal(priority), decimals=0)
        self.priority.setPlaceholderText(tr("none"))
        self.based_on = QComboBox()
        self.based_on.setAccessibleName(tr("Based on"))
        self.based_on.addItem(tr("the list price"), None)
        for list_id, name in self._sheet.names.items():
            self.based_on.addItem(name, list_id)
        if self._rest is not None:
            self.based_on.setCurrentIndex(max(0, place_of(self.based_on, self._rest.base_list_id)))
        text = price_words.formula_text(self._rest.formula) if self._rest else ""
        self.formula = Field(tr("Formula"), text)
        self.formula.setPlaceholderText(tr("as it is, or e.g. −10 %"))
        self.starts_on = DateField(tr("First day"), today, known.starts_on if known else None)
        self.ends_on = DateField(tr("Last day"), today, known.ends_on if known else None)
        self.shows_discount = QCheckBox(tr("Lines show the list price and the discount off it"))
        self.shows_discount.setChecked(bool(known and known.shows_discount))
        for short in (self.currency, self.priority):
            short.setMaximumWidth(130)
        self.form.add_beside(
            ("name", tr("Name"), self.name),
            ("currency", tr("Currency"), self.currency),
            ("priority", tr("Priority"), self.priority),
        )
        note = tr("For whatever no rule below fits. A list based on nothing else leaves the list price.")
        self.form.add("percent", tr("Based on"), Row(self.based_on, self.formula), note)
        self.form.add_beside(
            ("starts_on", tr("First day"), self.starts_on),
            ("ends_on", tr("Last day"), self.ends_on),
            ("shows_discount", "", self.shows_discount),
        )

    def _add_buyers(self, known: StoredList | None) -> None:
        self.whom = QComboBox()
        for key, words in (
            (EVERYBODY, tr("everybody")),
            (SOME, tr("these: of a row, all that is filled in must be so")),
            (NOBODY, tr("nobody: only other lists are based on it")),
        ):
            self.whom.addItem(words, key)
        buyers = known.buyers if known else (For(),)
        rows = [_texts(one, self._sheet) for one in buyers if one != For()]
        self.buyers = TypedTable(tr("Buyers"), BUYERS, rows, height=104)
        self.form.add("whom", tr("For"), self.whom)
        self.form.add("buyers", "", self.buyers)
        kind = NOBODY if not buyers else EVERYBODY if For() in buyers else SOME
        self.whom.setCurrentIndex(self.whom.findData(kind))
        self.whom.currentIndexChanged.connect(self._whom_chosen)
        self._whom_chosen(0)

    def submit(self) -> None:
        """Save it."""
        names = self._sheet.names
        try:
            typed = price_words.read(self.rules, self._known, names, self.context.today())
            rest, buyers = self._read_rest(), self._read_buyers()
        except Invalid as error:
            self.form.show_error(error)
            return
        before = self._sheet.list
        priority = self.priority.value()
        head: dict[str, Any] = {
            "name": self.name.text().strip(),
            "priority": None if priority is None else int(priority),
            "shows_discount": self.shows_discount.isChecked(),
            "starts_on": self.starts_on.value(),
            "ends_on": self.ends_on.value(),
        }
        said = tr("{} is saved. Lines that are typed from now on follow it.").format(head["name"])
        if before is None:
            currency = self.currency.text().strip().upper()

            def add(tx: Transaction) -> UUID:
                rules = _named(tx.connection, typed) + rest
                whom = _customers(tx.connection, buyers)
                return price_lists.add(tx, NewPriceList(currency=currency, buyers=whom, rules=rules, **head))

            off = Inverse("price_list.stop", lambda tx, key: price_lists.change(tx, key, *_active(on=False)))
            self.run("price_list.add", add, said, inverse=off)
            return

        def wanted(connection: Connection) -> StoredList:
            rules = _named(connection, typed) + rest
            return replace(before, buyers=_customers(connection, buyers), rules=rules, **head)

        back = Inverse("price_list.save", lambda tx, _: price_list_sheets.save(tx, wanted(tx.connection), before))
        self.run(
            "price_list.save",
            lambda tx: price_list_sheets.save(tx, before, wanted(tx.connection)),
            said,
            inverse=back,
        )

    def _whom_chosen(self, _place: int) -> None:
        self.buyers.setVisible(self.whom.currentData() == SOME)
        self.fit()

    def _read_rest(self) -> tuple[NewRule, ...]:
        """Give the rule for whatever no other fits; none where the list price stands as it is."""
        typed, base_id = self.formula.text().strip(), self.based_on.currentData()
        formula = price_words.formula_from(typed)
        if formula is None or formula.base is Base.FIXED:
            raise Invalid("percent", price_words.unreadable(typed))
        if base_id is not None:
            formula = replace(formula, base=Base.OTHER)
        if formula == Formula():
            return ()
        return (NewRule(formula, base_list_id=base_id, id=self._rest.id if self._rest else None),)

    def _read_buyers(self) -> tuple[tuple[str, For], ...]:
        """Give the buyers that were typed, each with the customer's number or name."""
        if self.whom.currentData() == NOBODY:
            return ()
        if self.whom.currentData() == EVERYBODY:
            return (("", For()),)
        found = [
            (
                row.get("customer", "").strip(),
                For(
                    None, row.get("group", "").strip(), row.get("channel", "").strip(), row.get("campaign", "").strip()
                ),
            )
            for _, row in self.buyers.texts()
        ]
        if not found:
            raise Invalid("buyers", tr("Type for whom the list is: a customer, a group or a channel."))
        return tuple(found)


def _apart(rules: Sequence[NewRule]) -> tuple[tuple[NewRule, ...], NewRule | None]:
    """Take the last rule apart where it is what the whole list is based on."""
    if rules:
        last = rules[-1]
        plain = NewRule(last.formula, base_list_id=last.base_list_id, id=last.id)
        if last == plain and last.formula.base is not Base.FIXED and last.formula != Formula():
            return tuple(rules[:-1]), last
    return tuple(rules), None


def _texts(one: For, sheet: Sheet) -> Texts:
    number = sheet.numbers.get(one.customer_id, "") if one.customer_id else ""
    return {"customer": number, "group": one.group, "channel": one.channel, "campaign": one.campaign}


def _named(connection: Connection, typed: Sequence[TypedRule]) -> tuple[NewRule, ...]:
    """Give typed rules the products of their SKUs.

    Raises:
        Invalid: there is no such product.

    """
    found = products.by_sku(connection, list(dict.fromkeys(one.sku for one in typed if one.sku)))
    for one in typed:
        if one.sku and one.sku not in found:
            raise Invalid("rules", tr("Row {}: there is no product {}.").format(one.place + 1, one.sku))
    return tuple(replace(one.rule, product_id=found[one.sku]) if one.sku else one.rule for one in typed)


def _customers(connection: Connection, typed: Sequence[tuple[str, For]]) -> tuple[For, ...]:
    found = price_list_sheets.customers_of(connection, [text for text, _ in typed if text])
    return tuple(replace(one, customer_id=found[text]) if text else one for text, one in typed)


def _active(*, on: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give what a list is to be, and what it was before."""
    return {"active": on}, {"active": not on}
