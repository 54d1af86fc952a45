"""Bringing the rows of a file or two together under their orders.

An order is taken whole or not at all: where one of its rows is rejected, all are.  Rows that a rule
sets aside are left out of their order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from app.services.imports.cells import Problem
from app.services.imports.checking import Check, CheckedRow
from app.services.imports.fields import HEADER_KEYS
from app.services.imports.known import fingerprint
from app.services.imports.plan import Plan, values_of


@dataclass(slots=True)
class Draft:
    """One order while it is put together: the row with its head, and its lines with their rows."""

    number: str
    head_row: CheckedRow
    head: dict[str, Any]
    lines: list[tuple[CheckedRow, dict[str, Any]]] = field(default_factory=list)

    def fingerprint(self) -> str:
        """Digest the order's content; the order of its lines counts."""
        lines = (
            (f"{place}.{key}", value) for place, (_, values) in enumerate(self.lines) for key, value in values.items()
        )
        return fingerprint((*self.head.items(), *lines))

    @property
    def rows(self) -> list[CheckedRow]:
        """All rows of the order, the head's first."""
        return [self.head_row, *(row for row, _ in self.lines if row is not self.head_row)]


def bring_together(planned: Plan) -> list[Draft]:
    """Make the orders of a plan's rows, rejecting rows that contradict each other or stand alone."""
    return _from_two_files(planned) if planned.request.lines else _from_one_file(planned)


def _from_one_file(planned: Plan) -> list[Draft]:
    check = planned.request.check
    drafts: dict[str, Draft] = {}
    heads = [place for place, key in enumerate(check.keys) if key in HEADER_KEYS]
    for row in planned.rows:
        if row.rule:
            continue
        values = values_of(check, row)
        number = str(values["number"])
        draft = drafts.get(number)
        if draft is None:
            draft = drafts[number] = Draft(number, row, values)
        else:
            for place in heads:
                if row.values[place] != draft.head_row.values[place] and not row.problems:
                    row.reject(_contradiction(check, row, draft, place))
        draft.lines.append((row, values))
    return list(drafts.values())


def _contradiction(check: Check, row: CheckedRow, draft: Draft, place: int) -> Problem:
    reason = f"{check.fields[place].label} is not the same as in row {draft.head_row.number:,} of order {draft.number}."
    return check.problem(row, check.keys[place], reason, "An order has one of it: correct one of the rows.")


def _from_two_files(planned: Plan) -> list[Draft]:
    check, lines = planned.request.check, planned.request.lines
    assert lines is not None, "asked for orders with a second file"
    drafts: dict[str, Draft] = {}
    aside: dict[str, str] = {}
    for row in planned.rows:
        values = values_of(check, row)
        number = str(values["number"])
        if row.rule:
            aside[number] = row.rule
        elif number in drafts:
            reason = f"Order {number} stands in row {drafts[number].head_row.number:,} already."
            row.reject(check.problem(row, "number", reason, "Keep one of the rows."))
        else:
            drafts[number] = Draft(number, row, values)
    for row in planned.line_rows:
        if row.rule:
            continue
        values = values_of(lines, row)
        number = str(values["number"])
        if number in drafts:
            drafts[number].lines.append((row, values))
        elif number in aside:
            row.rule = aside[number]
        else:
            reason = f"There is no order {number} in {check.source.name}."
            row.reject(lines.problem(row, "number", reason, "Add the order, or leave the line out."))
    for draft in drafts.values():
        if not draft.lines:
            reason = f"There are no lines for order {draft.number} in {lines.source.name}."
            draft.head_row.reject(check.problem(draft.head_row, "number", reason, "Add its lines."))
    return list(drafts.values())


def reject_whole_orders(planned: Plan, drafts: Iterable[Draft]) -> None:
    """Where one row of an order is rejected, reject the others too, and say which row it was."""
    check, lines = planned.request.check, planned.request.lines
    for draft in drafts:
        first = next((row for row in draft.rows if row.problems), None)
        if first is None:
            continue
        in_lines = lines is not None and first is not draft.head_row
        where = f"row {first.number:,}" + (f" of {lines.source.name}" if lines and in_lines else "")
        for row in draft.rows:
            if not row.problems:
                owner = lines if lines is not None and row is not draft.head_row else check
                reason = f"Order {draft.number} needs a fix in {where}."
                row.reject(owner.problem(row, "number", reason, "An order is imported whole."))
