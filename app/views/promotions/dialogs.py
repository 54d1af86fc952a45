"""Adding and changing promotions, and making coupons for them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QWidget

from app.errors import Invalid
from app.services import promotions
from app.services.promotions import NewCoupon, PromotionRules, PromotionSheet
from app.services.transaction import Transaction
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.promotions import words
from app.views.widgets.fields import DateField, Field, QuantityField
from app.views.widgets.typed_table import TypedTable

CODE_WIDTH: Final = 130
PRIORITY_WIDTH: Final = 72


class PromotionDialog(FormDialog):
    """Adds a promotion, or changes one; products are typed by their SKUs."""

    def __init__(self, context: Context, known: PromotionSheet | None, *, parent: QWidget) -> None:
        rules = known.rules if known else None
        title = tr("Change {}").format(rules.name) if rules else tr("New promotion")
        about = tr(
            "A row for each step, of which the highest that an order reaches counts. “Gives” is a percentage or an "
            "amount; of goods given along it is their price: 0, or list price."
        )
        super().__init__(context, title, tr("Save"), about=about, parent=parent)
        self.setMinimumWidth(680)
        self._known = rules
        skus = known.skus if known else {}
        self.code = Field(tr("Code"), rules.code if rules else "", code=True)
        self.name = Field(tr("Name"), rules.name if rules else "")
        self.gives = QComboBox()
        for one, gives in words.GIVES.items():
            self.gives.addItem(tr(gives), one)
        self.products = Field(tr("Products"), _written(rules.products, skus) if rules else "", code=True)
        self.excluded = Field(tr("But not"), _written(rules.excluded, skus) if rules else "", code=True)
        self.starts_on = DateField(tr("First day"), context.today, rules.starts_on if rules else None)
        self.ends_on = DateField(tr("Last day"), context.today, rules.ends_on if rules else None)
        self.priority = QuantityField(tr("Priority"), Decimal(rules.priority if rules else 10), decimals=0)
        self.code.setMaximumWidth(CODE_WIDTH)
        said = tr("Customers read the name, e.g. Spring offer. The lowest priority goes first.")
        self.priority.setMaximumWidth(PRIORITY_WIDTH)
        self.form.add_beside(
            ("code", tr("Code"), self.code),
            ("name", tr("Name"), self.name),
            ("priority", tr("Priority"), self.priority),
            hint=said,
        )
        self.form.add("gives", tr("Gives"), self.gives)
        self.form.add_beside(
            ("products", tr("Products"), self.products),
            ("excluded", tr("But not"), self.excluded),
            hint=tr("SKUs, with blanks between; no products: all count."),
        )
        self.form.add_beside(
            ("starts_on", tr("First day"), self.starts_on),
            ("ends_on", tr("Last day"), self.ends_on),
            hint=tr("No last day: until it is stopped."),
        )
        self.boxes = {
            "needs_coupon": QCheckBox(tr("Only with a coupon")),
            "exclusive": QCheckBox(tr("Stands alone: none after it gives anything")),
            "repeats": QCheckBox(tr("Each time the step is reached: 3 for 2, 6 for 4")),
            "with_tax": QCheckBox(tr("Its amounts are with tax")),
            "skip_discounted": QCheckBox(tr("Not on lines with a discount of their own")),
        }
        boxes = QGridLayout()
        for place, (name, box) in enumerate(self.boxes.items()):
            box.setChecked(bool(rules and getattr(rules, name)))
            boxes.addWidget(box, place // 2, place % 2)
        self.body.addLayout(boxes)
        steps = [words.texts(step, skus.get(step.product_id, "")) for step in rules.steps] if rules else []
        self.steps = TypedTable(tr("Steps"), words.COLUMNS, steps, height=120)
        self.form.add("steps", "", self.steps)
        if rules:
            self.gives.setCurrentIndex(list(words.GIVES).index((rules.benefit, rules.target)))
        (self.name if rules else self.code).setFocus()

    def submit(self) -> None:
        """Save it."""
        try:
            typed = words.read(self.steps)
        except Invalid as error:
            self.form.show_error(error)
            return
        benefit, target = self.gives.currentData()
        before = self._known
        rules = PromotionRules(
            self.code.text().strip(),
            self.name.text().strip(),
            benefit,
            target,
            (),
            priority=int(self.priority.value() or 0),
            starts_on=self.starts_on.value(),
            ends_on=self.ends_on.value(),
            needs_coupon=self.boxes["needs_coupon"].isChecked(),
            exclusive=self.boxes["exclusive"].isChecked(),
            repeats=self.boxes["repeats"].isChecked(),
            with_tax=self.boxes["with_tax"].isChecked(),
            skip_discounted=self.boxes["skip_discounted"].isChecked(),
        )
        if before is not None:
            rules = replace(rules, id=before.id, unit=before.unit, most=before.most, active=before.active)
        counted, left_out = self.products.text(), self.excluded.text()
        stored: list[PromotionRules] = []

        def save(tx: Transaction) -> UUID:
            named = [promotions.by_skus(tx.connection, sku, "steps") for _, sku in typed]
            steps = tuple(
                replace(step, product_id=ids[0] if ids else None) for (step, _), ids in zip(typed, named, strict=True)
            )
            counts = promotions.by_skus(tx.connection, counted, "products")
            never = promotions.by_skus(tx.connection, left_out, "excluded")
            key = promotions.save(tx, replace(rules, steps=steps, products=counts, excluded=never), seen=before)
            stored[:] = [promotions.get(tx.connection, key)]
            return key

        inverse = Inverse("promotion.stop", lambda tx, key: promotions.set_active(tx, key, active=False))
        if before is not None:
            inverse = Inverse("promotion.save", lambda tx, _: promotions.save(tx, before, seen=stored[0]))
        self.run("promotion.save", save, tr("{} is saved.").format(rules.name), inverse=inverse)


class CouponDialog(FormDialog):
    """Makes a coupon for a promotion."""

    def __init__(self, context: Context, rules: PromotionRules, *, parent: QWidget) -> None:
        super().__init__(context, tr("New coupon for {}").format(rules.name), tr("Make coupon"), parent=parent)
        assert rules.id is not None
        self._promotion_id: UUID = rules.id
        self.code = Field(tr("Code"), code=True)
        self.most_uses = QuantityField(tr("Uses in all"), Decimal(1), decimals=0)
        self.most_per_customer = QuantityField(tr("Uses by one customer"), None, decimals=0)
        self.ends_on = DateField(tr("Last day"), context.today, None)
        self.form.add("code", tr("Code"), self.code, tr("What customers say or type, e.g. SPRING15."))
        self.form.add("most_uses", tr("Uses in all"), self.most_uses, tr("Empty: any number of orders."))
        self.form.add("most_per_customer", tr("Uses by one customer"), self.most_per_customer)
        self.form.add("ends_on", tr("Last day"), self.ends_on)

    def submit(self) -> None:
        """Make it."""
        uses, each = self.most_uses.value(), self.most_per_customer.value()
        new = NewCoupon(
            self._promotion_id,
            self.code.text(),
            ends_on=self.ends_on.value(),
            most_uses=None if uses is None else int(uses),
            most_per_customer=None if each is None else int(each),
        )
        self.run(
            "coupon.add",
            lambda tx: promotions.add_coupon(tx, new),
            tr("Coupon {} can be used.").format(promotions.written(new.code)),
            inverse=Inverse("coupon.retire", promotions.retire_coupon),
        )


class StopCouponDialog(FormDialog):
    """Stops a coupon of a promotion, or lets it be used again."""

    def __init__(self, context: Context, sheet: PromotionSheet, *, parent: QWidget) -> None:
        title = tr("Coupons of {}").format(sheet.rules.name)
        about = tr("A coupon that is stopped opens nothing more. Orders it stands on keep it.")
        super().__init__(context, title, tr("Stop"), about=about, parent=parent)
        self._coupons = sorted(sheet.coupons, key=lambda one: (not one.active, one.code))
        self.coupon = QComboBox()
        for one in self._coupons:
            used = tr("{}, used {} of {}").format(one.code, one.uses, one.most_uses or "∞")
            self.coupon.addItem(used if one.active else tr("{}, stopped").format(used), one.id)
        self.form.add("coupon", tr("Coupon"), self.coupon)
        self.coupon.currentIndexChanged.connect(self._show)
        self._show(0)

    def submit(self) -> None:
        """Stop it, or start it again."""
        one = self._coupons[self.coupon.currentIndex()]
        key, usable = one.id, bool(one.active)
        self.run(
            "coupon.retire",
            lambda tx: promotions.retire_coupon(tx, key, active=not usable),
            (tr("Coupon {} is stopped.") if usable else tr("Coupon {} can be used again.")).format(one.code),
            inverse=Inverse("coupon.retire", lambda tx, _: promotions.retire_coupon(tx, key, active=usable)),
        )

    def _show(self, place: int) -> None:
        self.go.set_text(tr("Stop") if self._coupons[place].active else tr("Let it be used again"))


def _written(ids: tuple[UUID, ...], skus: dict[UUID | None, str]) -> str:
    return " ".join(sorted(skus.get(one, "") for one in ids))
