"""Asking carriers for labels: outside any transaction, each answer kept in one command of its own.

planned -> *sent* is committed before the carrier is asked, so that a client that dies in between leaves a trace.  What
is *sent* and has no answer after a while, and what is *unknown*, is never sent anew before the carrier was asked what
became of its key; a carrier that cannot be asked leaves it to a person.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.errors import NotAllowed
from app.models.carrier import LabelState
from app.services import carriers, labels
from app.services.carriers import Account
from app.services.database import Database
from app.services.integrations.carriers.port import Carrier, Label, NoAnswer, NotOffered, Refused
from app.services.labels import Sending

Clock = Callable[[], datetime]
Connect = Callable[[Account], Carrier]

STALE: Final = timedelta(minutes=3)
"""A purchase sent longer ago than any carrier is waited for is lost: its client has died."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys labels: the books, how carriers are reached, who works, and the clock."""

    database: Database
    connect: Connect
    by: str
    clock: Clock

    def buy(self, purchase_id: UUID) -> LabelState:
        """Bring one purchase as far as it gets now, and return its state.  Safe to call any number of times.

        Raises:
            NotAllowed: another client is buying it at this moment, or it was given up.
            NotFound: there is no such purchase.

        """
        row = self.database.read(lambda connection: labels.get(connection, purchase_id))
        state = LabelState(row.state)
        if state in {LabelState.DONE, LabelState.VOIDING}:
            return state
        if state == LabelState.SENT:
            if row.sent_at is not None and self.clock() - row.sent_at < STALE:
                raise NotAllowed(f"The label of {row.carrier} is being bought right now. Wait a moment.")
            self._run("label.lose", purchase_id, "The program stopped before the carrier's answer was kept.")
            state = LabelState.UNKNOWN
        if state == LabelState.UNKNOWN and not self._settle(purchase_id):
            return self.state(purchase_id)
        return self._send(purchase_id)

    def buy_all(self, purchase_ids: Sequence[UUID]) -> dict[UUID, LabelState]:
        """Buy several labels one after the other; one that is refused, lost or bought elsewhere stops no other."""
        found = {}
        for purchase_id in purchase_ids:
            try:
                found[purchase_id] = self.buy(purchase_id)
            except NotAllowed:
                found[purchase_id] = self.state(purchase_id)
        return found

    def void(self, purchase_id: UUID) -> LabelState:
        """Ask the carrier to take a label back, and return the purchase's state.  Safe to call again.

        Raises:
            NotFound: there is no such purchase.
            NotAllowed: there is no label to void, or its package has left.

        """
        sending = self._command("label.begin_void", lambda tx: _plain(labels.begin_void(tx, purchase_id)))
        assert sending == purchase_id
        row = self.database.read(lambda connection: labels.get(connection, purchase_id))
        label = Label(row.tracking_number, row.carrier_reference)
        try:
            self._carrier(labels.sending(row)).void(label)
        except (Refused, NotOffered) as refusal:
            reason = str(refusal)
            self._command("label.keep", lambda tx: labels.keep_after_all(tx, purchase_id, reason))
            return LabelState.DONE
        except NoAnswer:
            return LabelState.VOIDING  # asked again later; voiding twice does no harm
        self._command("label.end_void", lambda tx: labels.end_void(tx, purchase_id))
        return LabelState.VOID

    def state(self, purchase_id: UUID) -> LabelState:
        """Read where a purchase stands."""
        return LabelState(self.database.read(lambda connection: labels.get(connection, purchase_id)).state)

    # inner -------------------------------------------------------------------------------------

    def _send(self, purchase_id: UUID) -> LabelState:
        row = self.database.read(lambda connection: labels.get(connection, purchase_id))
        sending = labels.sending(row)
        carrier = self._carrier(sending)
        self._command("label.send", lambda tx: _plain(labels.send(tx, purchase_id)))
        try:
            label = carrier.buy(sending.request)
        except (Refused, NotOffered) as refusal:
            reason = str(refusal)
            self._command("label.refuse", lambda tx: labels.refuse(tx, purchase_id, reason))
            return self.state(purchase_id)
        except NoAnswer as silence:
            self._run("label.lose", purchase_id, str(silence))
            return self.state(purchase_id)
        self._finish(purchase_id, label)
        return self.state(purchase_id)

    def _settle(self, purchase_id: UUID) -> bool:
        """Ask the carrier what became of a key; tell whether the purchase may be sent (again) now."""
        row = self.database.read(lambda connection: labels.get(connection, purchase_id))
        sending = labels.sending(row)
        carrier = self._carrier(sending)
        hours = carrier.can.keys_live_hours
        forgotten = bool(hours and row.sent_at and self.clock() - row.sent_at > timedelta(hours=hours))
        if not carrier.can.find or forgotten:
            why = f"{row.carrier} cannot be asked any more what became of it. Look there, then type its number."
            self._run("label.lose", purchase_id, why)
            return False
        try:
            label = carrier.find(sending.request)
        except (NoAnswer, NotOffered) as silence:
            self._run("label.lose", purchase_id, str(silence))
            return False
        except Refused as refusal:
            reason = str(refusal)
            self._command("label.refuse", lambda tx: labels.refuse(tx, purchase_id, reason))
            return False
        if label is not None:
            self._finish(purchase_id, label)
            return False
        self._command("label.unbought", lambda tx: labels.declare_unbought(tx, purchase_id))
        return True

    def _finish(self, purchase_id: UUID, label: Label) -> None:
        self._command("label.finish", lambda tx: labels.finish(tx, purchase_id, label))

    def _run(self, command: str, purchase_id: UUID, trouble: str) -> None:
        self._command(command, lambda tx: labels.lose(tx, purchase_id, trouble))

    def _command(self, command: str, op: Callable[..., object]) -> object:
        return self.database.run(command, op, by=self.by, at=self.clock()).value

    def _carrier(self, sending: Sending) -> Carrier:
        account = self.database.read(lambda connection: carriers.account(connection, sending.carrier_id))
        return self.connect(Account(account.carrier_id, account.carrier, sending.connector, account.settings))


def _plain(sending: Sending) -> UUID:
    return sending.purchase_id
