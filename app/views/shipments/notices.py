"""Saving the advance shipment notice of a shipment, as JSON or CSV."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtWidgets import QFileDialog
from sqlalchemy import Connection

from app.models.shipment import ShipmentState
from app.services import shipment_notices
from app.services.lists import ShipmentRow
from app.views.format import tr
from app.views.screen import Screen

FORMS = (("JSON (*.json)", ".json"), ("CSV (*.csv)", ".csv"))


class Notices:
    """Asks where the notice of a shipment goes, and writes it there, whole or not at all."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def ask(self, row: ShipmentRow) -> None:
        """Ask for a file."""
        if row.state in {ShipmentState.PLANNED, ShipmentState.CANCELLED}:
            self._screen.context.messages.say(tr("Pack {} first: a notice says what is packed.").format(row.number))
            return
        kinds = ";;".join(kind for kind, _ in FORMS)
        name, kind = QFileDialog.getSaveFileName(
            self._screen, tr("Save the shipment notice"), f"{row.number}-notice.json", kinds
        )
        if name:
            path = Path(name)
            self.save_to(row.id, path if path.suffix else path.with_suffix(dict(FORMS).get(kind, ".json")))

    def save_to(self, shipment_id: UUID, path: Path) -> None:
        """Write it to a file: CSV where its name ends so, else JSON."""
        read = partial(_notice, shipment_id=shipment_id, is_table=path.suffix.lower() == ".csv")
        self._screen.context.tasks.read(self._screen, read, partial(self._write, path))

    def _write(self, path: Path, text: str) -> None:
        say = self._screen.context.messages.say
        try:
            writing = path.with_name(f"{path.name}.writing")
            writing.write_text(text, encoding="utf-8", newline="")
            writing.replace(path)
        except OSError as error:
            say(tr("{} could not be written: {}.").format(path.name, error.strerror))
            return
        say(tr("Saved as {}.").format(path.name))


def _notice(connection: Connection, shipment_id: UUID, is_table: bool) -> str:
    write = shipment_notices.as_csv if is_table else shipment_notices.as_json
    return write(connection, shipment_id)
