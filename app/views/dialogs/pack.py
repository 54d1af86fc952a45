"""Pack: packages proposed or made by hand, moved between, stood on pallets, and checked by scanning what goes in."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.errors import Invalid
from app.models.shipment import PALLET, PARCEL
from app.services import packing_plans, shipping
from app.services.packing_plans import PackingPlan, PackingSheet, Unit
from app.services.packing_proposals import Proposal
from app.services.packing_scans import PackingScans
from app.views import format as written
from app.views.context import Context, Inverse
from app.views.dialogs import packing_words as words
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.package_fields import PackageFields
from app.views.dialogs.packing_tables import ContentRow, PackageRow, contents_table, packages_table
from app.views.picking.parts import Band, Mood
from app.views.picking.words import Words
from app.views.scanner import ScannerInput, ScannerSettings
from app.views.sounds import Sound, Sounds
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import Button
from app.views.widgets.fields import Field
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView

KEPT: Final = "packing"
"""Under this name in the settings of the desk what is under way in shipments is kept."""
ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PackDialog(FormDialog):
    """Lays a shipment out in packages and packs it; leaving keeps what was laid out and scanned."""

    def __init__(self, context: Context, shipment_id: UUID, number: str, *, parent: QWidget) -> None:
        super().__init__(
            context, context.messages.tr("Pack {}").format(number), context.messages.tr("Pack"), parent=parent
        )
        self.setMinimumSize(940, 680)
        self._shipment_id = shipment_id
        self.plan: PackingPlan | None = None
        self._scans: PackingScans | None = None
        self._scanner: ScannerInput | None = None
        self._open_key, self._sure = 0, False
        self.sounds = Sounds(self)
        self.code = Field(self.tr("Scan"), code=True)
        hint = self.tr("What goes into the package on show: item, lot or serial number. Leave it out if you like.")
        self.form.add("scan", self.tr("Scan"), self.code, hint)
        self.band = Band()
        self.body.addWidget(self.band)
        columns = QHBoxLayout()
        columns.setSpacing(Space.LARGE)
        columns.addLayout(self._left(), 1)
        columns.addLayout(self._right(), 1)
        self.body.addLayout(columns, 1)
        self._bind_keys()
        self.leave.setText(self.tr("Leave"))
        self.leave.setToolTip(self.tr("Keep what is laid out and scanned (Esc)"))
        self.go.setEnabled(False)
        self._say(Words(Mood.IDLE, self.tr("Reading the shipment…")))
        context.tasks.read(self, partial(_read, shipment_id=shipment_id), self._show_sheet)

    # what a packer does ------------------------------------------------------------------------

    def scan(self, code: str) -> None:
        """Take a code for the package on show."""
        if self.plan is None or self._scans is None or not code.strip():
            return
        unit = self.plan.unit(self._open_key)
        self._sure = False
        self._say(words.answer(self._scans.scan(unit.key, code), self.plan, unit))
        self._refresh()

    def propose(self, *, on_pallets: bool = False) -> None:
        """Lay everything out in cartons that hold it, on pallets or not."""
        if self.plan is None:
            return
        if not any(one.kind == PARCEL for one in self.plan.sheet.kinds):
            detail = self.tr("Set them up under Cartons and pallets, or pack by hand.")
            self._say(Words(Mood.NOTE, self.tr("There are no cartons yet"), detail))
            return
        self._say(Words(Mood.IDLE, self.tr("Looking for the cheapest cartons…")))
        look = partial(_propose, shipment_id=self._shipment_id, on_pallets=on_pallets)
        self.context.tasks.read(self, look, self._proposed)

    def add_package(self) -> None:
        """Begin another package, of the same carton as the one on show."""
        if self.plan is not None:
            now = self.plan.unit(self._open_key)
            self._show_unit(self.plan.add(now.carton if now.kind == PARCEL else None).key)

    def add_pallet(self) -> None:
        """Begin a pallet, and stand the package on show on it."""
        if self.plan is None:
            return
        now = self.plan.unit(self._open_key)
        known = next((one for one in self.plan.sheet.kinds if one.kind == PALLET), None)
        pallet = self.plan.add(known, kind=PALLET)
        if now.kind == PARCEL:
            self.plan.stand(now.key, pallet.key)
        self._show_unit(pallet.key)

    def remove(self) -> None:
        """Take the package on show away; its contents are in no package then."""
        if self.plan is None:
            return
        if len(self.plan.units) == 1:
            self._say(Words(Mood.NOTE, self.tr("This is the only package"), self.tr("Type 0 to take things out.")))
            return
        self.plan.remove(self._open_key)
        self._show_unit(self.plan.in_order()[0].key)

    def step(self, by: int) -> None:
        """Show the next package, or the one before."""
        number = next((n for n, row in enumerate(self.rows.rows) if row.key == self._open_key), 0) + by
        if 0 <= number < len(self.rows.rows):
            self.view.pick(number)

    def submit(self) -> None:
        """Pack what was put into packages; what is not scanned, or not packed, is told first."""
        plan = self.plan
        if plan is None:
            return
        if plan.is_scanned and plan.unscanned() and not self._sure:
            self._sure = True
            again = self.tr("Ctrl+Enter: pack all the same")
            self._say(Words(Mood.WRONG, self.tr("Not scanned yet"), words.missing(plan), again, Sound.WRONG))
            return
        try:
            packages = plan.packages()
        except Invalid as error:
            self.form.show_error(error)
            return
        shipment_id = self._shipment_id
        self.run(
            "shipment.pack",
            lambda tx: shipping.pack(tx, shipment_id, packages),
            self.tr("The shipment is packed."),
            inverse=Inverse("shipment.unpack", lambda tx, _: shipping.unpack(tx, shipment_id)),
        )

    # keys --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in the scan field takes what was typed."""
        plain = event.key() in ENTER and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if plain and self.code.hasFocus():
            code = self.code.text()
            self.code.clear()
            self.scan(code)
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """From now on scans are for the package on show, whatever has the keyboard."""
        super().showEvent(event)
        if self._scanner is None:
            prefix = str(self.context.settings.value("scanner/prefix", ""))
            self._scanner = ScannerInput(ScannerSettings(prefix=prefix), self)
            self._scanner.scanned.connect(self.scan)

    def hideEvent(self, event: QHideEvent) -> None:
        """Let go of the scanner."""
        super().hideEvent(event)
        scanner, self._scanner = self._scanner, None
        application = QApplication.instance()
        if scanner is not None and application is not None:
            application.removeEventFilter(scanner)

    # building ----------------------------------------------------------------------------------

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        self.rows = packages_table()
        self.view = ListView(self.rows, "packing_packages", two_lines=True)
        self.view.setAccessibleName(self.tr("Packages"))
        self.view.setMinimumHeight(260)
        self.view.picked.connect(self._picked)
        column.addWidget(self.view, 1)
        self.rest = Label("", Type.BODY, Tone.WARN, wrap=True)
        self.rest.hide()
        column.addWidget(self.rest)
        proposing = Button(self.tr("Propose"), "package-check")
        proposing.setToolTip(self.tr("Lay everything out in cartons (Ctrl+P)"))
        menu = QMenu(self)
        menu.addAction(self.tr("Cartons"), "Ctrl+P", self.propose)
        menu.addAction(self.tr("Cartons on pallets"), "Ctrl+Shift+P", partial(self.propose, on_pallets=True))
        proposing.setMenu(menu)
        buttons = QHBoxLayout()
        buttons.addWidget(proposing)
        for text, icon, key, act in (
            (self.tr("Package"), "plus", "Ctrl+N", self.add_package),
            (self.tr("Pallet"), "plus", "Ctrl+Shift+N", self.add_pallet),
            (self.tr("Remove"), "trash-2", "Ctrl+Delete", self.remove),
        ):
            button = Button(text, icon)
            button.setToolTip(f"{text} ({key})")
            button.clicked.connect(act)
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        return column

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        self.heading = Label("", Type.BODY_BOLD)
        column.addWidget(self.heading)
        self.contents = contents_table()
        self.contents_view = ListView(self.contents, "packing_contents", two_lines=True)
        self.contents_view.setAccessibleName(self.tr("Contents"))
        triggers = ListView.EditTrigger
        self.contents_view.setEditTriggers(triggers.AnyKeyPressed | triggers.EditKeyPressed | triggers.DoubleClicked)
        self.contents_view.setMinimumHeight(190)
        self.contents.edited.connect(self._typed)
        column.addWidget(self.contents_view, 1)
        self.fields = PackageFields()
        self.fields.changed.connect(self._fields_changed)
        column.addWidget(self.fields)
        return column

    def _bind_keys(self) -> None:
        bound: tuple[tuple[str, Callable[[], None]], ...] = (
            ("Ctrl+N", self.add_package),
            ("Ctrl+Shift+N", self.add_pallet),
            ("Ctrl+Delete", self.remove),
            ("Alt+Down", partial(self.step, 1)),
            ("Alt+Up", partial(self.step, -1)),
        )
        for key, act in bound:
            QShortcut(QKeySequence(key), self).activated.connect(act)

    # showing -----------------------------------------------------------------------------------

    def _show_sheet(self, sheet: PackingSheet) -> None:
        self.plan = PackingPlan(sheet)
        going_on = self.plan.resume(str(self.context.settings.value(self._kept_as, "")))
        self._scans = PackingScans(self.plan)
        self.go.setEnabled(bool(sheet.goods))
        if not sheet.goods:
            detail = self.tr("Complete its pick list first.")
            self._say(Words(Mood.NOTE, self.tr("Nothing is picked for {} yet").format(sheet.number), detail))
        elif going_on:
            self._say(Words(Mood.IDLE, self.tr("Going on where you left"), self.tr("Scan, or change the packages.")))
        else:
            self._say(Words(Mood.IDLE, self.tr("All in one package"), self.tr("Scan what goes in, or let it propose.")))
        self._show_unit(self.plan.in_order()[0].key)

    def _proposed(self, proposal: Proposal) -> None:
        if self.plan is None:
            return
        self.plan.take(proposal)
        parcels = self.tr("{} packages").format(len(proposal.packages))
        pallets = self.tr(" on {} pallets").format(len(proposal.pallets)) if proposal.pallets else ""
        detail = self.tr("Change what you like, then scan or pack.")
        if proposal.unknown:
            detail = self.tr("Sizes are not known: {}. See to them yourself.").format(", ".join(proposal.unknown))
        self._say(Words(Mood.NOTE, parcels + pallets, detail))
        self._show_unit(self.plan.in_order()[0].key)

    def _show_unit(self, key: int) -> None:
        self._open_key = key
        self._refresh()
        self.view.pick(next(n for n, row in enumerate(self.rows.rows) if row.key == key))

    def _picked(self, row: PackageRow | None) -> None:
        if row is not None and row.key != self._open_key:
            self._open_key = row.key
            self._refresh()

    def _refresh(self) -> None:
        """Show the plan as it is now, and keep it."""
        plan = self.plan
        if plan is None:
            return
        unit = plan.unit(self._open_key)
        self.rows.set_rows([_package_row(plan, one) for one in plan.in_order()])
        self.contents.set_errors({})
        self.contents.set_rows([ContentRow.of(plan, unit, one) for one in plan.sheet.goods])
        if not self.contents_view.currentIndex().isValid() and plan.sheet.goods:
            self.contents_view.setCurrentIndex(self.contents.index(0, 2))
        made_of = words.kind(plan, unit)
        self.heading.setText(words.title(plan, unit) + (f" · {made_of}" if made_of else ""))
        self.fields.show_unit(plan, unit)
        left = words.not_packed(plan)
        self.rest.setText(self.tr("In no package, stays for another shipment: {}").format(left) if left else "")
        self.rest.setVisible(bool(left))
        if plan.sheet.goods:
            self.context.settings.setValue(self._kept_as, plan.to_text())

    def _say(self, said: Words) -> None:
        self.band.say(said.mood, said.title, said.detail, said.hint)
        if said.sound is not None:
            self.sounds.play(said.sound)

    # changing ----------------------------------------------------------------------------------

    def _typed(self, number: int, _column: str, typed: str) -> None:
        """Make the package on show hold what was typed of a line."""
        plan, row = self.plan, self.contents.rows[number]
        if plan is None:
            return
        value = written.number(typed) if typed.strip() else Decimal(0)
        goods, reason = row.goods, ""
        grains = Fraction(value) * goods.grains_per_unit if value is not None else Fraction(-1)
        if value is None:
            reason = self.tr("“{}” is not a number.").format(typed)
        elif not 0 <= grains <= goods.quantity:
            reason = self.tr("{}: between 0 and {}.").format(goods.sku, words.quantity(goods, goods.quantity))
        elif grains.denominator != 1:
            reason = self.tr("{}: use fewer decimals.").format(goods.sku)
        if reason:
            self.contents.set_errors({(number, "here"): reason})
            self._say(Words(Mood.WRONG, reason, self.tr("Nothing was changed.")))
            return
        plan.put(self._open_key, goods.line_id, int(grains))
        self._sure = False
        self._refresh()

    def _fields_changed(self) -> None:
        if self.plan is not None:
            self.fields.write_to(self.plan, self.plan.unit(self._open_key))
            self._refresh()

    def _done(self, value: Any) -> None:
        self.context.settings.remove(self._kept_as)
        super()._done(value)

    @property
    def _kept_as(self) -> str:
        return f"{KEPT}/{self._shipment_id.hex}"


def _package_row(plan: PackingPlan, unit: Unit) -> PackageRow:
    held = sum(one for one in unit.contents.values())
    scanned = sum(unit.scanned.values())
    return PackageRow(
        unit.key,
        words.title(plan, unit),
        words.kind(plan, unit),
        unit.kind,
        unit.on is not None,
        words.weight(plan, unit),
        words.fill(plan.fill(unit)),
        tuple(plan.troubles(unit)),
        "" if not plan.is_scanned or not held else ("all" if scanned >= held else "part" if scanned else "none"),
    )


def _read(connection: Connection, shipment_id: UUID) -> PackingSheet:
    return packing_plans.read(connection, shipment_id)


def _propose(connection: Connection, shipment_id: UUID, on_pallets: bool) -> Proposal:
    return packing_plans.propose(connection, shipment_id, on_pallets=on_pallets)
