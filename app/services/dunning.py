"""Reminding customers: a run drafts the letters of a day, sends them, and can be undone; what is not to be reminded of.

What a run does with each claim, and why, says :mod:`app.services.dunning_preview` before anything is written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.errors import Invalid, NotAllowed
from app.models.base import Key, new_id
from app.models.dunning import ZERO, Charges, RunState, Why, dunning_block, dunning_letter, dunning_run, reminder
from app.models.invoice import invoice
from app.services import (
    billing,
    companies,
    document_lines,
    dunning_levels,
    dunning_preview,
    originals,
    parties,
)
from app.services.billing import FreeInvoice
from app.services.document_lines import LineInput
from app.services.dunning_levels import Procedure
from app.services.dunning_preview import Claim, Proposal
from app.services.statements import Prepared
from app.services.transaction import Transaction


def draft(tx: Transaction, on: date, customers: Collection[UUID] | None = None) -> UUID | None:
    """Draft the letters of a day for these customers (default: all who are due one); return the run, None without any.

    Raises:
        Invalid: no levels are set up, or a fee cannot be converted into a letter's currency.

    """
    dunning_levels.lock(tx)
    procedure = dunning_levels.read(tx.connection)
    if not procedure.levels:
        raise Invalid("levels", "No reminder levels are set up. Set them up, then remind.")
    proposals = [
        one
        for one in dunning_preview.preview(tx.connection, on)
        if one.reminded and (customers is None or one.customer_id in customers)
    ]
    if not proposals:
        return None
    run_id = new_id()
    number = tx.number("DR", run_id)
    values = {"number": number, "run_on": on, "state": str(RunState.DRAFT), "letters": len(proposals)}
    tx.insert(dunning_run, {"id": run_id, **values})
    for one in proposals:
        _write(tx, run_id, one, procedure, on)
    tx.record("dunning.drafted", run_id, number=number, letters=len(proposals))
    return run_id


def _write(tx: Transaction, run_id: UUID, proposal: Proposal, procedure: Procedure, on: date) -> None:
    level, letter_id = procedure.levels[proposal.level - 1], new_id()
    address = parties.get(tx.connection, proposal.customer_id).billing_address.to_json()
    tx.insert(
        dunning_letter,
        {
            "id": letter_id,
            "run_id": run_id,
            "number": None,
            "state": str(RunState.DRAFT),
            "customer_id": proposal.customer_id,
            "customer_name": proposal.customer,
            "billing_address": address,
            "currency": proposal.currency,
            "level": proposal.level,
            "level_name": level.name,
            "text": level.text,
            "blocks": level.blocks,
            "claimed": proposal.claimed,
            "fee": proposal.fee,
            "interest": proposal.interest,
            "carried": proposal.carried,
            "sent_on": None,
            "charges_id": None,
        },
    )
    tx.insert(reminder, *(_row(letter_id, claim, on) for claim in proposal.reminded))


def _row(letter_id: UUID, claim: Claim, on: date) -> dict[str, Any]:
    return {
        "id": new_id(),
        "letter_id": letter_id,
        "invoice_id": claim.invoice_id,
        "due_on": claim.due_on,
        "level": claim.level,
        "state": str(RunState.DRAFT),
        "claimed": claim.claimed,
        "disputed": claim.disputed,
        "interest_from": claim.interest_from or claim.due_on,
        "interest_until": on if claim.interest else claim.interest_from or claim.due_on,
        "interest": claim.interest,
    }


def change_charges(
    tx: Transaction, letter_id: UUID, *, fee: Decimal | None = None, interest: Mapping[UUID, Decimal] | None = None
) -> None:
    """Ask for another fee, or another interest (by reminder), on a letter that is drafted; zero waives them.

    Raises:
        Invalid: a figure is below zero, or finer than the letter's currency is counted.
        NotAllowed: the letter is not a draft, or a reminder is not on it.

    """
    dunning_levels.lock(tx)
    head = tx.lock(dunning_letter, letter_id, "Letter")
    if head.state != RunState.DRAFT:
        raise NotAllowed("This letter is not a draft any more. Credit what it charged instead.")
    rows = {row.id: row for row in _REMINDERS.all(tx.connection, letter=letter_id)}
    wanted = {key: row.interest for key, row in rows.items()} | dict(interest or {})
    new_fee = head.fee if fee is None else fee
    decimals = companies.decimals(tx.connection, head.currency)
    for value in (new_fee, *wanted.values()):
        document_lines.check_number("fee", value)
        if value < 0 or value != round(value, decimals):
            raise Invalid("fee", f"Type an amount in {head.currency} that is not below zero.")
    if wanted.keys() - rows.keys():
        raise NotAllowed("This reminder is not on the letter. Look at it again.")
    changed = [(key, {"interest": value}) for key, value in wanted.items() if value != rows[key].interest]
    tx.update_rows(reminder, changed)
    tx.update(dunning_letter, letter_id, fee=new_fee, interest=sum(wanted.values(), ZERO))
    tx.record("dunning.charges_changed", head.customer_id, letter_id, fee=new_fee)


def send(tx: Transaction, run_id: UUID, on: date) -> list[UUID]:
    """Number the letters of a drafted run and book what they charge; return the letters that go out.

    What was paid, disputed or blocked since it was drafted is not reminded of; a letter without anything left is
    dropped.  Where the claim that was furthest drops out, the letter is one of the level that the others reach.

    Raises:
        NotAllowed: the run is not a draft.
        NotFound: it does not exist.

    """
    dunning_levels.lock(tx)
    run = tx.lock(dunning_run, run_id, "Run")
    if run.state != RunState.DRAFT:
        raise NotAllowed(f"Run {run.number} was {run.state} already. Nothing was changed.")
    for invoice_id in _CLAIMED.values(tx.connection, run=run_id):  # nothing is paid of them while they are read
        tx.lock(invoice, invoice_id, "Invoice")
    procedure = dunning_levels.read(tx.connection)
    now = _drafted(tx, run.run_on)
    drafts = [one for one in _LETTERS.all(tx.connection, run=run_id) if one.state == RunState.DRAFT]
    sent = [one.id for one in drafts if _send_letter(tx, one, now, procedure, run.run_on, on)]
    state = RunState.SENT if sent else RunState.UNDONE
    tx.update(dunning_run, run_id, state=str(state), letters=len(sent))
    tx.record("dunning.sent", run_id, number=run.number, letters=len(sent))
    return sent


def _drafted(tx: Transaction, on: date) -> dict[tuple[UUID, date], Claim]:
    """Read the claims that are drafted as they stand now, those not to be reminded of left out."""
    blocks = dunning_preview.blocks(tx.connection, on)
    return {
        (claim.invoice_id, claim.due_on): claim
        for proposal in dunning_preview.preview(tx.connection, on)
        for claim in proposal.claims
        if claim.why == Why.DRAFTED
        and claim.claimed > 0
        and not blocks.keys() & {(claim.customer_id, None), (claim.customer_id, claim.invoice_id)}
    }


def _send_letter(
    tx: Transaction,
    letter: Any,
    now: Mapping[tuple[UUID, date], Claim],
    procedure: Procedure,
    drafted_on: date,
    on: date,
) -> bool:
    """Send a letter with those of its reminders that still stand; False where none does."""
    rows = _REMINDERS.all(tx.connection, letter=letter.id)
    kept = [row for row in rows if (row.invoice_id, row.due_on) in now]
    for row in rows:
        claim = now.get((row.invoice_id, row.due_on))
        if claim is None:
            tx.update(reminder, row.id, state=str(RunState.UNDONE))
        else:
            figures = {"claimed": claim.claimed, "disputed": claim.disputed}
            tx.update(reminder, row.id, state=str(RunState.SENT), **figures)
    if not kept:
        tx.update(dunning_letter, letter.id, state=str(RunState.UNDONE))
        return False
    interest = sum((row.interest for row in kept), ZERO)
    claimed = sum((now[row.invoice_id, row.due_on].claimed for row in kept), ZERO)
    carried = dunning_preview.open_charges(tx.connection).get((letter.customer_id, letter.currency), ZERO)
    text = _text(tx, letter, max(row.level for row in kept), procedure, drafted_on)
    posted = procedure.charges == Charges.POSTED
    charges = _post_charges(tx, letter, text, interest, on) if posted else None
    number = tx.number("DL", letter.id)
    tx.update(
        dunning_letter,
        letter.id,
        number=number,
        state=str(RunState.SENT),
        claimed=claimed,
        interest=interest,
        carried=carried,
        sent_on=on,
        charges_id=charges,
        **text,
        **originals.of_letter(tx, letter.customer_id),
    )
    tx.record("dunning.letter_sent", letter.customer_id, letter.id, number=number, level=text["level"], amount=claimed)
    return True


def _text(tx: Transaction, letter: Any, reached: int, procedure: Procedure, on: date) -> dict[str, Any]:
    """Give level, name, text, stop and fee of a letter whose claims reach a level: as drafted, or those of a lower one.

    A fee that a person changed stays.
    """
    text = {name: getattr(letter, name) for name in ("level", "level_name", "text", "blocks", "fee")}
    if reached == letter.level:
        return text
    text["level"] = reached
    if letter.level <= len(procedure.levels):  # levels may have been set up anew since
        level = procedure.levels[reached - 1]
        text |= {"level_name": level.name, "text": level.text, "blocks": level.blocks}
        if letter.fee == dunning_preview.fee(tx.connection, procedure, letter.level, letter.currency, on):
            text["fee"] = dunning_preview.fee(tx.connection, procedure, reached, letter.currency, on)
    return text


def _post_charges(tx: Transaction, letter: Any, text: Mapping[str, Any], interest: Decimal, on: date) -> UUID | None:
    """Ask for fee and interest by an invoice of their own: an open item that is paid or credited as any other."""
    named = ((f"Fee: {text['level_name']}", text["fee"]), ("Interest on what is overdue", interest))
    lines = tuple(LineInput(kind="fee", name=name, unit_price=amount, tax_codes="") for name, amount in named if amount)
    if not lines:
        return None
    invoice_id = billing.write(tx, FreeInvoice(letter.customer_id, lines, letter.currency, payment_term="NET0"))
    billing.post(tx, invoice_id, on)
    return invoice_id


def undo(tx: Transaction, run_id: UUID, on: date) -> str:
    """Call a drafted run off, or take a sent one back; return its number.

    What was charged is credited, and each claim is at the level it had before.  Letters that are in the post cannot be
    called back: tell those customers.

    Raises:
        NotAllowed: it was undone before, or something it reminded of was reminded of again since.
        NotFound: it does not exist.

    """
    dunning_levels.lock(tx)
    run = tx.lock(dunning_run, run_id, "Run")
    number: str = run.number
    if run.state == RunState.UNDONE:
        raise NotAllowed(f"Run {number} was undone already. Nothing was changed.")
    for letter in _LETTERS.all(tx.connection, run=run_id):
        if letter.state != RunState.UNDONE:
            _take_back(tx, letter, on)
    tx.update(dunning_run, run_id, state=str(RunState.UNDONE))
    tx.record("dunning.undone", run_id, number=number)
    return number


def _take_back(tx: Transaction, letter: Any, on: date) -> None:
    rows = [row for row in _REMINDERS.all(tx.connection, letter=letter.id) if row.state != RunState.UNDONE]
    for row in rows:
        later = _LATER.first(tx.connection, invoice=row.invoice_id, due=row.due_on, level=row.level)
        if later is not None:
            raise NotAllowed(
                f"{letter.customer_name} was reminded of {later.number} again since. Undo the later run first."
            )
        tx.update(reminder, row.id, state=str(RunState.UNDONE))
    tx.update(dunning_letter, letter.id, state=str(RunState.UNDONE))
    if letter.charges_id:
        billing.credit_rest(tx, letter.charges_id, on)
    if letter.state == RunState.SENT:
        tx.record("dunning.letter_undone", letter.customer_id, letter.id, number=letter.number)


def block(
    tx: Transaction, customer_id: UUID, reason: str, *, invoice_id: UUID | None = None, until: date | None = None
) -> UUID:
    """Remind a customer of nothing, or not of one invoice, until a day or until it is lifted; return the block's id.

    Raises:
        Invalid: no reason is given.
        NotAllowed: the invoice is another customer's.
        NotFound: the customer or the invoice does not exist.

    """
    if not reason.strip():
        raise Invalid("reason", "Say why no reminder is to go out: whoever runs them reads that.")
    customer = parties.payer(tx.connection, customer_id)
    name = customer.name
    if invoice_id is not None:
        head = billing.get(tx.connection, invoice_id)
        if head.customer_id != customer_id:
            raise NotAllowed(f"{head.number or 'This invoice'} is not {name}'s. Nothing was changed.")
        name = head.number
    block_id = new_id()
    values = {"customer_id": customer_id, "invoice_id": invoice_id, "reason": reason.strip()[:200], "until": until}
    tx.insert(dunning_block, {"id": block_id, **values, "by": tx.by, "active": True})
    tx.record("dunning.blocked", customer_id, invoice_id, name=name, reason=reason.strip())
    return block_id


def unblock(tx: Transaction, block_id: UUID) -> None:
    """Lift a block: what it kept back is reminded of again.

    Raises:
        NotAllowed: it was lifted before.
        NotFound: it does not exist.

    """
    head = tx.lock(dunning_block, block_id, "Block")
    if not head.active:
        raise NotAllowed("This block was lifted already. Refresh the list.")
    tx.update(dunning_block, block_id, active=False)
    tx.record("dunning.unblocked", head.customer_id, head.invoice_id, name=_kept_out(tx, head), reason=head.reason)


def lift(tx: Transaction, customer_id: UUID, invoice_id: UUID, on: date) -> tuple[UUID, ...]:
    """Lift every block, of the invoice and of its customer, that keeps an invoice out of reminders on a day.

    Return the blocks' ids.

    Raises:
        NotAllowed: none keeps it out.

    """
    columns = dunning_block.c
    found = tx.execute(
        select(columns.id)
        .where(columns.customer_id == customer_id, columns.active, columns.until.is_(None) | (columns.until >= on))
        .where(columns.invoice_id.is_(None) | (columns.invoice_id == invoice_id))
        .order_by(columns.id)
    )
    ids = tuple(found.scalars())
    if not ids:
        raise NotAllowed("Nothing keeps this invoice out of reminders any more. Refresh the list.")
    for block_id in ids:
        unblock(tx, block_id)
    return ids


def block_again(tx: Transaction, block_ids: Collection[UUID]) -> None:
    """Put blocks that were lifted back as they were.

    Raises:
        NotFound: one does not exist.

    """
    for block_id in block_ids:
        head = tx.lock(dunning_block, block_id, "Block")
        tx.update(dunning_block, block_id, active=True)
        tx.record("dunning.blocked", head.customer_id, head.invoice_id, name=_kept_out(tx, head), reason=head.reason)


def _kept_out(tx: Transaction, block: Any) -> str:
    """Name what a block keeps out of reminders: an invoice, or all of a customer."""
    if block.invoice_id is None:
        found: str = parties.payer(tx.connection, block.customer_id).name
    else:
        found = billing.get(tx.connection, block.invoice_id).number
    return found


_LETTERS: Final = Prepared(
    select(dunning_letter).where(dunning_letter.c.run_id == bindparam("run", type_=Key)).order_by(dunning_letter.c.id)
)
_REMINDERS: Final = Prepared(
    select(reminder).where(reminder.c.letter_id == bindparam("letter", type_=Key)).order_by(reminder.c.id)
)
_CLAIMED: Final = Prepared(
    select(reminder.c.invoice_id)
    .join(dunning_letter, dunning_letter.c.id == reminder.c.letter_id)
    .where(dunning_letter.c.run_id == bindparam("run", type_=Key), reminder.c.state == RunState.DRAFT)
    .distinct()
    .order_by(reminder.c.invoice_id)  # always in this order, so that two clerks never wait for each other
)
_LATER: Final = Prepared(
    select(invoice.c.number)
    .join(reminder, reminder.c.invoice_id == invoice.c.id)
    .where(
        reminder.c.invoice_id == bindparam("invoice", type_=Key),
        reminder.c.due_on == bindparam("due", type_=reminder.c.due_on.type),
        reminder.c.level > bindparam("level", type_=reminder.c.level.type),
        reminder.c.state != RunState.UNDONE,
    )
)
