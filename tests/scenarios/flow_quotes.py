"""Quotes in a ``flow``: written, kept for some days, made orders of, whole or in part."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from app.services import companies, quotes
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.flow_company import Company

STATES = {
    "draft": {"draft"},
    "open": {"draft", "sent", "part"},
    "part": {"part"},
    "partially_ordered": {"part"},
    "partly_ordered": {"part"},
    "partial": {"part"},
    "sent": {"sent"},
    "ordered": {"accepted"},
    "accepted": {"accepted"},
    "expired": {"expired"},
    "lost": {"declined"},
    "declined": {"declined"},
    "cancelled": {"cancelled"},
}


def _quote(company: Company, facts: Facts) -> None:
    if "lines" in facts:
        company.write_quote(company.line_inputs(facts.all_facts("lines")))


def _order_from_quote(company: Company, facts: Facts) -> None:
    quote_id, expired = company.quote_id, facts.flag("allow_expired")
    if quote_id is None:
        raise NotCovered("an order from a quote that was not written")
    rows = company.read(lambda c: quotes.lines(c, quote_id))
    kept = tuple(rows[int(number) - 1].id for number in facts.list("keep_lines"))
    answer = quotes.Acceptance(allow_expired=expired, keep_lines=kept)
    company.order_id = company.do("quote.accept", lambda tx: quotes.accept(tx, quote_id, answer))


def keep_for(company: Company, given: Facts) -> None:
    """Say how many days the company's quotes are valid, where the case does."""
    if "validity_days" in given:
        values: dict[str, Any] = {"quote_validity_days": given.whole("validity_days")}
        company.do("company.change", partial(companies.change, values=values))


def _head(company: Company) -> Any:
    quote_id = company.quote_id
    if quote_id is None:
        raise NotCovered("there is no quote")
    return company.read(lambda c: quotes.get(c, quote_id))


def _state(company: Company, wanted: Facts, checks: Checks) -> None:
    word, head = wanted.text("quote_state"), _head(company)
    if word not in STATES:
        raise NotCovered(f"{wanted.place('quote_state')} is {word!r}")
    is_over = head.state in {"draft", "sent"} and head.valid_until < company.today
    found = "expired" if is_over else str(head.state)
    checks.same(wanted.place("quote_state"), word, word if found in STATES[word] else found)


def _valid_until(company: Company, wanted: Facts, checks: Checks) -> None:
    checks.same(wanted.place("valid_until"), wanted.text("valid_until"), _head(company).valid_until.isoformat())


QUOTE_STEPS: dict[str, Callable[[Company, Facts], None]] = {
    "quote": _quote,
    "order_from_quote": _order_from_quote,
}
QUOTE_COMPARED: dict[str, Callable[[Company, Facts, Checks], None]] = {
    "quote_state": _state,
    "valid_until": _valid_until,
}
