"""``reconcile``: which open items settle an amount best."""

from __future__ import annotations

from app.models.open_items import settle_best
from tests.scenarios.cases import Case
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered, number
from tests.scenarios.running import adapter, finish


@adapter("reconcile")
def run(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        if round_.steps:
            raise NotCovered("steps")
        checks.label = round_.label
        given, expected = Facts(round_.given), round_.expected()
        known = given.facts("items")
        names = given.list("among") or list(known)
        amounts = {name: known.number(name) for name in known}
        found = settle_best([amounts[name] for name in names], number(given.value("amount", "0"), "amount"))
        if "take" in expected:
            checks.same("take", expected.list("take"), [names[place] for place in found.take] if found else [])
        checks.amounts(expected, {"remain": found.remain if found else None})
        finish(given, expected)
