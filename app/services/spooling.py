"""Printing what waits in a workstation's queue, one job after the other, without a question.

ZPL goes straight to the label printer's port.  Pages are handed to ``print_pages``, which the window brings along,
because only it knows the system's printers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.errors import NotAllowed
from app.services import label_printer, printing
from app.services.database import Database
from app.services.label_printer import PrinterTrouble


@dataclass(frozen=True, slots=True)
class Pages:
    """A PDF for a printer of the system: its name, the tray (empty: the printer's own choice), how often."""

    title: str
    pdf: bytes
    printer: str
    tray: str
    copies: int


PrintPages = Callable[[Pages], None]
"""Prints and returns when the printer has taken it; raises PrinterTrouble, with ``sent`` 0 when nothing came out."""


@dataclass(frozen=True, slots=True)
class Spooler:
    """Prints for one workstation."""

    database: Database
    workstation: str
    by: str
    clock: Callable[[], datetime]
    print_pages: PrintPages
    seconds: int = 10

    def recover(self) -> int:
        """Settle what was being printed when the program last stopped; return how many jobs that were."""
        workstation = self.workstation
        recovered: int = self._run("print.recover", lambda tx: printing.recover(tx, workstation))
        return recovered

    def work(self) -> int:
        """Print all that is due, and return how many jobs were tried."""
        tried = 0
        while True:
            workstation, now = self.workstation, self.clock()
            job = self.database.read(lambda connection: printing.next_job(connection, workstation, now))  # noqa: B023
            if job is None:
                return tried
            if self._print(job):
                tried += 1

    def _print(self, job: Any) -> bool:
        job_id = job.id
        try:
            self._run("print.start", lambda tx: printing.start(tx, job_id))
        except NotAllowed:
            return False  # another window of this workstation has taken it
        try:
            self._hand_over(job)
        except PrinterTrouble as trouble:
            reason, clean = str(trouble), not trouble.sent
            self._run("print.fail", lambda tx: printing.fail(tx, job_id, reason, nothing_came_out=clean))
            return True
        self._run("print.finish", lambda tx: printing.finish(tx, job_id))
        return True

    def _hand_over(self, job: Any) -> None:
        if job.format == "zpl":
            where = label_printer.address(job.printer)
            label_printer.send(where, job.content * job.copies, seconds=self.seconds)
        else:
            self.print_pages(Pages(job.title, job.content, job.printer, job.tray, job.copies))

    def _run(self, command: str, op: Callable[..., Any]) -> Any:
        return self.database.run(command, op, by=self.by, at=self.clock()).value
