"""``deposit_taxes``: how a deposit is split over the taxes of its order."""

from __future__ import annotations

from decimal import Decimal

from app.models.deposit import Part, add_up, split, split_net, total_of
from app.models.rounding import round_step, scaled
from app.services import totals
from tests.scenarios.cases import Case, Round
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.running import adapter, finish
from tests.scenarios.totals import read_lines, read_rules, read_taxes


@adapter("deposit_taxes")
def run(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        if round_.steps:
            raise NotCovered("steps")
        checks.label = round_.label
        _compare(round_, checks)


def _compare(round_: Round, checks: Checks) -> None:
    given, expected = Facts(round_.given), round_.expected()
    step = scaled(1, given.whole("currency_decimals", 2))
    order = _parts(given)
    facts = given.facts("deposit")
    if "net" in facts:
        parts = split_net(order, facts.number("net"), step)
    elif "pct" in facts:
        parts = split(order, round_step(total_of(order) * facts.number("pct") / 100, step), step)
    else:
        parts = split(order, facts.number("gross" if "gross" in facts else "amount"), step)
    checks.figure("deposit_total", expected.value("deposit_total"), total_of(parts))
    if "parts" in expected:
        wanted = [
            (sorted(row.list("taxes")), row.optional_number("net"), row.optional_number("total"))
            for row in expected.all_facts("parts")
        ]
        checks.same("parts", wanted, [(sorted(part.codes.split()), part.net, part.total) for part in parts])
    taxes = expected.facts("tax")
    for code in taxes:
        checks.figure(taxes.place(code), taxes.value(code), _tax(parts, code))
    finish(given, expected)


def _parts(given: Facts) -> list[Part]:
    lines = read_lines(given, "lines", read_taxes(given.facts("taxes")))
    found = totals.compute(totals.Document(lines, read_rules(given)))
    parts = []
    for line, result in zip(lines, found.lines, strict=True):
        codes = [tax.code for tax in line.taxes]
        amounts = result.taxes
        parts.append(Part(" ".join(codes), result.net, tuple(amounts[code].amount for code in codes)))
    return add_up(parts)


def _tax(parts: list[Part], code: str) -> Decimal:
    amounts = [
        amount for part in parts for name, amount in zip(part.codes.split(), part.taxes, strict=True) if name == code
    ]
    return sum(amounts, Decimal(0))
