"""The levels of reminders as the company has set them up, and what becomes of what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from app.errors import Invalid
from app.models import dunning as rules
from app.models.base import new_id
from app.models.company import company
from app.models.dunning import YEAR_DAYS, Charges, Level, dunning_level, dunning_rule
from app.services import companies, document_lines
from app.services.transaction import Transaction

YEARS: Final = (360, 365)
"""Days a year may have for interest."""


@dataclass(frozen=True, slots=True)
class Procedure:
    """All levels, the first one first, and what holds for each."""

    levels: tuple[Level, ...] = ()
    charges: Charges = Charges.POSTED
    year_days: int = YEAR_DAYS


PROPOSED: Final = Procedure(
    (
        Level(
            7,
            "Payment reminder",
            text="We may have crossed with your payment; if not, please settle what is listed below.",
        ),
        Level(21, "Second reminder", text="What is listed below is still open. Please pay it within seven days."),
        Level(
            42,
            "Final reminder",
            text="In spite of our reminders what is listed below is open. Nothing leaves for you until it is paid.",
            blocks=True,
        ),
    )
)
"""What a company is offered that has no levels yet; without fees and interest, which are to be agreed."""


def lock(tx: Transaction) -> None:
    """Let no other command draft, change, send or undo letters, or set levels up, until this one ends.

    Two clerks who remind at the same time would else both see that a claim was not reminded of yet.
    """
    for rule_id in tx.execute(select(dunning_rule.c.id)).scalars():
        tx.lock(dunning_rule, rule_id, "Reminder rule")


def read(connection: Connection) -> Procedure:
    """Read the levels; a company that set none up has none, and reminds nobody."""
    rows = connection.execute(select(dunning_level).order_by(dunning_level.c.position)).all()
    rule = connection.execute(select(dunning_rule)).first()
    names = Level.__dataclass_fields__
    levels = tuple(Level(**{name: getattr(row, name) for name in names}) for row in rows)
    return Procedure(levels, Charges(rule.charges), rule.year_days) if rule else Procedure(levels)


def save(tx: Transaction, levels: Sequence[Level], charges: Charges = Charges.POSTED, days: int = YEAR_DAYS) -> None:
    """Set the levels up anew; letters that were drafted or sent keep what they say.

    Raises:
        Invalid: they are no levels, a figure cannot be taken, or a year has neither 360 nor 365 days.

    """
    rules.check(levels)
    if days not in YEARS:
        raise Invalid("year_days", "Interest counts a year of 360 or of 365 days.")
    tx.lock(company, companies.get(tx.connection).id, "Company")  # so that the first set-up leaves one rule
    lock(tx)
    decimals = companies.decimals(tx.connection, companies.get(tx.connection).currency)
    for level in levels:
        document_lines.check_number("fee", level.fee)
        document_lines.check_number("interest_percent", level.interest_percent)
        if level.fee != round(level.fee, decimals):
            raise Invalid("fee", f"A fee has at most {decimals} decimal places.")
    tx.delete(dunning_level, tx.execute(select(dunning_level.c.id)).scalars())
    for position, level in enumerate(levels, 1):
        values = {name: getattr(level, name) for name in Level.__dataclass_fields__}
        tx.insert(dunning_level, {"id": new_id(), "position": position, **values, "name": level.name.strip()})
    known = tx.execute(select(dunning_rule.c.id)).scalar_one_or_none()
    if known is None:
        tx.insert(dunning_rule, {"id": new_id(), "charges": str(charges), "year_days": days})
    else:
        tx.update(dunning_rule, known, charges=str(charges), year_days=days)
    tx.record("dunning.levels_saved", tx.key, levels=len(levels))
