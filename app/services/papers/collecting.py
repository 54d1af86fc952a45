"""Reminders and statements of account."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.models.dunning import RunState
from app.services import account_statements, companies, dunning_sheets, originals, parties
from app.services.account_statements import Statement
from app.services.documents import account_statement, reminder_letter
from app.services.documents.account_statement import AccountStatement, StatementLine
from app.services.documents.paper_locale import paper_locale
from app.services.documents.reminder_letter import ReminderLetter, ReminderLine
from app.services.documents.snapshots import Currency, Heading
from app.services.dunning_sheets import LetterSheet
from app.services.papers import parts
from app.services.papers.paper import Paper
from app.services.parties import Address


def reminder(connection: Connection, letter_id: UUID) -> Paper:
    """Print a reminder; one that is drafted is marked so by its missing number.

    Raises:
        NotFound: the letter does not exist.

    """
    sheet = dunning_sheets.letter(connection, letter_id)
    head = sheet.head
    number = head.number or "DRAFT"
    dated = head.sent_on or head.created_at.date()
    original = originals.of(connection, head)
    letter = ReminderLetter(
        heading=parts.heading(original, head, number=number, dated=dated, address=head.billing_address, po_number=""),
        level=head.level_name,
        currency=Currency(head.currency, companies.decimals(connection, head.currency)),
        lines=_lines(sheet, dated),
        claimed=head.claimed,
        fee=head.fee,
        interest=head.interest,
        carried=head.carried,
        total=sheet.total,
        text=head.text,
    )
    return Paper(f"{head.level_name} {number}", f"{number}.pdf", reminder_letter.build(letter))


def _lines(sheet: LetterSheet, dated: date) -> tuple[ReminderLine, ...]:
    live = [row for row in sheet.rows if row.state != RunState.UNDONE or sheet.head.state == RunState.UNDONE]
    return tuple(
        ReminderLine(row.number, row.invoiced_on, row.due_on, (dated - row.due_on).days, row.claimed) for row in live
    )


def statement(connection: Connection, known: Statement, dated: date) -> Paper:
    """Print a statement of account that was read, with ourselves and the customer as they are now.

    Raises:
        NotFound: the customer does not exist.

    """
    customer = parties.get(connection, known.customer_id)
    original = originals.now(connection, known.customer_id)
    language = parts.locale(original.printed.language or original.letterhead.language, original.letterhead.country)
    address: Address = customer.billing_address
    words = paper_locale(language).words
    kinds = {"invoice": words["invoice"], "credit": words["credit_note"], "payment": words["paid"]}
    kinds["deposit"] = words["deposit_invoice"]
    lines = tuple(
        StatementLine(
            one.booked_on,
            one.number,
            kinds.get(one.kind, one.text),
            max(one.amount, account_statements.ZERO),
            max(-one.amount, account_statements.ZERO),
            one.balance,
        )
        for one in known.lines
    )
    heading = Heading(
        number=customer.number,
        dated=dated,
        company=parts.company(original.letterhead),
        customer=parts.party(address, original.printed),
        language=language,
    )
    currency = Currency(known.currency, companies.decimals(connection, known.currency))
    paper = AccountStatement(heading, currency, known.first, known.last, known.opening, known.closing, lines)
    name = f"statement-{customer.number}-{known.last.isoformat()}.pdf"
    return Paper(f"Statement of account {customer.name}", name, account_statement.build(paper))
