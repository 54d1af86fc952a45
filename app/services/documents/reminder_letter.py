"""The reminder: what is overdue and asked for again, claim by claim, with what that costs.  Nothing is computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.services.documents.account_statement import ledger_table, sum_rows
from app.services.documents.columns import Column
from app.services.documents.letter import Letter, usual_facts
from app.services.documents.paper_locale import paper_locale
from app.services.documents.priced_letter import add_terms
from app.services.documents.snapshots import Currency, Heading
from app.services.documents.typography import BODY


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """One claim: its invoice, since when it is due, what is asked for."""

    invoice: str
    dated: date
    due_on: date
    days: int
    claimed: Decimal


@dataclass(frozen=True, slots=True)
class ReminderLetter:
    """All a reminder prints; ``level`` is its title, ``carried`` are charges of earlier letters that are open."""

    heading: Heading
    level: str
    currency: Currency
    lines: tuple[ReminderLine, ...]
    claimed: Decimal
    fee: Decimal
    interest: Decimal
    carried: Decimal
    total: Decimal
    text: str = ""


def build(letter: ReminderLetter) -> bytes:
    """Draw the reminder as PDF; the same reminder always gives the same bytes.

    Raises Invalid when the logo is no picture.
    """
    heading, locale = letter.heading, paper_locale(letter.heading.language)
    words = locale.words
    paper = Letter(heading, letter.level, usual_facts(heading, locale), introduction=letter.text)
    figures = BODY.tabular().right()
    columns = (
        Column(words["invoice_number"], BODY, most=None),
        Column(words["invoice_dated"], BODY, most=110),
        Column(words["due_on"], BODY, most=110),
        Column(words["days"], figures),
        Column(f"{words['amount']} ({letter.currency.code})", figures, most=130),
    )
    places = letter.currency.decimals
    texts: Sequence[Sequence[str]] = [
        (
            line.invoice,
            locale.date(line.dated),
            locale.date(line.due_on),
            str(line.days),
            locale.number(line.claimed, places),
        )
        for line in letter.lines
    ]
    paper.pages.add_table(ledger_table(paper, columns, texts))
    sums = [
        (words["overdue"], letter.claimed),
        (words["reminder_fee"], letter.fee),
        (words["interest"], letter.interest),
        (words["earlier_charges"], letter.carried),
    ]
    told = [(label, locale.number(amount, places)) for label, amount in sums if amount]
    paper.add(sum_rows(paper, told, (f"{words['open']} ({letter.currency.code})", locale.number(letter.total, places))))
    add_terms(paper, [], notes="")
    return paper.pdf()
