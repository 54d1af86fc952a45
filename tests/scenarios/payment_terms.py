"""``instalments`` and ``due_dates``: what of an invoice is due when."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from app.models.payment_terms import After, Part, ShareOf, due_day, instalments
from tests.scenarios.cases import Case
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.running import adapter, finish

_SHARE = re.compile(r"(?P<figure>[0-9.]+) ?% of (?:the )?(?P<of>remainder|rest|total)")
_NAMES = {"id", "kind", "title", "given"}
_FIXED = re.compile(r"fixed (?P<figure>[0-9.]+)")


@adapter("instalments", parts=("terms",))
def run_instalments(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        if round_.steps:
            raise NotCovered("steps")
        checks.label = round_.label
        given = Facts(round_.given)
        terms = given.all_facts("terms") or [Facts(each, "terms") for each in case.body.get("terms") or []]
        parts = [_part(each) for each in terms]
        tax = given.number("tax", "0")
        total = given.number("amount") if "amount" in given else given.number("untaxed") + tax
        given.ignore("untaxed")
        decimals = given.whole("decimals", 2)
        found = instalments(total, parts, _day(given), decimals, tax)
        expected = round_.expect
        checks.same("expect.count", len(expected), len(found))
        for place, (wanted, one) in enumerate(zip(expected, found, strict=False), 1):
            day, amount = wanted.values() if isinstance(wanted, dict) else wanted
            checks.same(f"expect.{place}.date", str(day), one.due_on.isoformat())
            checks.figure(f"expect.{place}.amount", amount, one.amount)
        finish(given)


@adapter("due_dates")
def run_due_dates(case: Case, checks: Checks) -> None:
    for each in case.body.get("cases") or [case.body]:
        facts = Facts({**(case.body.get("given") or {}), **{k: v for k, v in each.items() if k not in _NAMES}})
        checks.label = facts.text("term")
        after = _after(facts.facts("after")) if "after" in facts else After()
        days = facts.value("dates") or {facts.text("date"): facts.value("expect")}
        for on, wanted in days.items():
            checks.same(f"due of {on}", str(wanted), due_day(date.fromisoformat(str(on)), after).isoformat())
        finish(facts)


def _day(given: Facts) -> date:
    return date.fromisoformat(given.text("date"))


def _part(facts: Facts) -> Part:
    share, figure = _share(facts.text("share", "remainder"))
    after = _after(facts.facts("after")) if "after" in facts else After()
    finish(facts)
    return Part(share, figure, after)


def _share(words: str) -> tuple[ShareOf, Decimal]:
    if words in {"remainder", "rest"}:
        return ShareOf.ALL_REST, Decimal(0)
    if found := _FIXED.fullmatch(words):
        return ShareOf.FIXED, Decimal(found["figure"])
    found = _SHARE.fullmatch(words)
    if not found:
        raise NotCovered(f"share: {words}")
    return (ShareOf.TOTAL if found["of"] == "total" else ShareOf.REST), Decimal(found["figure"])


def _after(facts: Facts) -> After:
    found = After(
        months=facts.whole("months", 0),
        set_day=facts.whole("set_day", 0),
        days=facts.whole("days", 0),
        end_of_month=facts.flag("end_of_month"),
        days_after=facts.whole("days_after", 0),
    )
    finish(facts)
    return found
