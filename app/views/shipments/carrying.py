"""What the shipments screen does with carriers: labels, tracking, the end of their day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject

from app.models.carrier import LabelState
from app.models.shipment import ShipmentState
from app.services import labels, tracking
from app.services.database import Changes
from app.services.integrations.carriers.registry import Registry
from app.services.label_buying import Buyer
from app.services.lists import ShipmentRow
from app.services.progress import Progress
from app.services.tracking import Report
from app.views.dialogs.check import CheckDialog
from app.views.dialogs.label import LabelDialog
from app.views.dialogs.way import CloseDayDialog, EventDialog
from app.views.screen import Screen
from app.views.silent_printing import print_or_show

TOUCHED = ("label_purchase", "package", "shipment", "tracking_event", "event")


class Carrying(QObject):
    """Works for one screen.  Carriers are asked on a worker's thread, outside the books."""

    def __init__(self, screen: Screen, registry: Registry | None = None) -> None:
        super().__init__(screen)
        self._screen, self._context = screen, screen.context
        self.registry = registry or Registry()
        tasks = self._context.tasks
        self._buyer = Buyer(self._context.database, self.registry.connect, tasks.by, tasks.now)

    def buy(self, row: ShipmentRow) -> None:
        """Compare carriers for a packed shipment, and buy a label for each package."""
        if row.state != ShipmentState.PACKED:
            self._context.messages.say(self.tr("Pack {} first: each package gets its own label.").format(row.number))
            return
        dialog = LabelDialog(self._context, row.id, row.number, parent=self._screen)
        dialog.done_with.connect(partial(self._buy, row.id))
        dialog.open()

    def check(self, row: ShipmentRow) -> None:
        """Check the packages of a packed shipment before they leave."""
        if row.state != ShipmentState.PACKED:
            self._context.messages.say(self.tr("Packages are checked once {} is packed.").format(row.number))
            return
        CheckDialog(self._context, row.id, row.number, parent=self._screen).open()

    def void(self, row: ShipmentRow) -> None:
        """Give the bought labels of a shipment back."""
        text = self.tr("Giving labels back…")
        op = partial(_void, buyer=self._buyer, shipment_id=row.id)
        self._context.tasks.run_long(self._screen, text, op, self._voided)

    def note(self, row: ShipmentRow) -> None:
        """Note what happened to a shipment on its way."""
        EventDialog(self._context, row.id, row.number, parent=self._screen).open()

    def fetch(self) -> None:
        """Ask the carriers about everything under way."""
        text = self.tr("Asking the carriers…")
        op = partial(_fetch, buyer=self._buyer)
        self._context.tasks.run_long(self._screen, text, op, self._fetched)

    def close_day(self) -> None:
        """List what a carrier was handed, and print it."""
        dialog = CloseDayDialog(self._context, parent=self._screen)
        dialog.done_with.connect(self._show_manifest)
        dialog.open()

    # answers -----------------------------------------------------------------------------------

    def _buy(self, shipment_id: UUID, ids: Sequence[UUID]) -> None:
        op = partial(_buy, buyer=self._buyer, ids=tuple(ids))
        done = partial(self._bought, shipment_id)
        self._context.tasks.run_long(self._screen, self.tr("Buying labels…"), op, done)

    def _bought(self, shipment_id: UUID, found: tuple[dict[LabelState, int], str]) -> None:
        states, trouble = found
        self._tell()
        if set(states) <= {LabelState.DONE}:
            self._context.messages.say(self.tr("Each package has its label."))
            print_or_show(self._screen, "label", [shipment_id])
            return
        unknown = states.get(LabelState.UNKNOWN, 0)
        words = self.tr("{} labels have no answer yet; ask again, nothing is bought twice.").format(unknown)
        self._context.messages.say(" ".join(part for part in (words if unknown else "", trouble) if part))

    def _voided(self, left: int) -> None:
        self._tell()
        kept = self.tr("{} labels could not be given back; the shipment's activity says why.").format(left)
        self._context.messages.say(kept if left else self.tr("The labels are given back."))

    def _fetched(self, report: Report) -> None:
        self._tell()
        words = self.tr("{} new events of {} packages.").format(report.events, report.asked)
        if report.troubles:
            words += " " + next(iter(report.troubles.values()))
        self._context.messages.say(words)

    def _show_manifest(self, manifest_id: UUID) -> None:
        print_or_show(self._screen, "manifest", [manifest_id])

    def _tell(self) -> None:
        """Let every screen read again what the buyer changed past the window's own commands."""
        self._context.tasks.changed.emit(Changes({name: frozenset() for name in TOUCHED}))


def _buy(progress: Progress, buyer: Buyer, ids: Sequence[UUID]) -> tuple[dict[LabelState, int], str]:
    states = []
    for number, purchase_id in enumerate(ids):
        progress.step(number, len(ids))
        states.append(buyer.buy(purchase_id))
    progress.step(len(ids), len(ids))
    rows = [buyer.database.read(partial(labels.get, purchase_id=purchase_id)) for purchase_id in ids]
    trouble = next((row.trouble for row in rows if row.trouble), "")
    return dict(Counter(states)), trouble


def _void(progress: Progress, buyer: Buyer, shipment_id: UUID) -> int:
    rows = buyer.database.read(partial(labels.of_shipment, shipment_id=shipment_id))
    open_rows = [row for row in rows if row.state in {LabelState.DONE, LabelState.VOIDING}]
    left = 0
    for number, row in enumerate(open_rows):
        progress.step(number, len(open_rows))
        left += buyer.void(row.id) != LabelState.VOID
    return left


def _fetch(progress: Progress, buyer: Buyer) -> Report:
    packages = buyer.database.read(tracking.underway)
    asked = events = 0
    troubles: dict[str, str] = {}
    for number, one in enumerate(packages):
        progress.step(number, len(packages), one.account.carrier)
        report = tracking.fetch(buyer, [one])
        asked, events, troubles = asked + report.asked, events + report.events, troubles | report.troubles
    return Report(asked, events, troubles)
