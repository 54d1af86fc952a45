"""``tax_mapping``: which taxes apply between two places, and what the price becomes under them."""

from __future__ import annotations

from typing import Any

from app.models.rounding import round_decimals, scaled
from app.models.tax import Tax
from app.models.tax_mapping import PlaceRule, Sale, Side, adapt_price, map_taxes
from app.services import totals
from tests.scenarios.cases import Case, Round
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.running import adapter, finish
from tests.scenarios.totals import read_tax


@adapter("tax_mapping")
def run(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        if round_.steps:
            raise NotCovered("steps")
        checks.label = round_.label
        _compare(round_, checks)


def _compare(round_: Round, checks: Checks) -> None:
    given, expected = Facts(round_.given), round_.expected()
    given.ignore("drop_ship", "drop_ship_country")  # where a third party ships from decides nothing
    before, after, name = _taxes(given)
    decimals = given.whole("currency_decimals", 2)
    price = adapt_price(given.number("price", "0"), before, after)
    rules = totals.Rules(step=scaled(1, decimals))
    found = totals.compute(totals.Document((totals.Line(given.number("qty", "1"), price, after),), rules))
    wanted = expected.value("tax")
    if isinstance(wanted, str) and not _is_figure(wanted):
        checks.same("tax", wanted, name)
    figures = {
        "unit_price": round_decimals(price, given.whole("price_decimals", decimals)),
        "net": found.untaxed,
        "tax": found.tax,
        "total": found.total,
    }
    if isinstance(wanted, str) and not _is_figure(wanted):
        del figures["tax"]
    checks.amounts(expected, figures)
    finish(given, expected)


def _taxes(given: Facts) -> tuple[tuple[Tax, ...], tuple[Tax, ...], str]:
    """Give the taxes the price was made with, those that apply, and the name of the rule that says so."""
    if "rules" not in given:
        before, after = _tax(given, "from"), _tax(given, "to")
        return before, after, after[0].code if after else ""
    is_gross = _is_gross(given)
    rules = [_rule(facts, is_gross=is_gross) for facts in given.all_facts("rules")]
    side = Side(given.choice("side", tuple(Side), Side.SALE))
    home = given.text("seller_country")
    buyer = given.text("partner_country", given.text("ship_to_country", home))
    before = map_taxes(rules, [_OWN], Sale(home, home, side))
    after = map_taxes(rules, [_OWN], Sale(home, buyer, side))
    if _OWN in after:
        raise NotCovered(f"no rule from {home} to {buyer}")
    return tuple(tax for tax in before if tax is not _OWN), after, after[0].code


_OWN = Tax("own")
"""Stands for the product's own tax, which the rules of a case replace."""


def _is_gross(given: Facts) -> bool:
    flags = ("included", "price_includes_tax", "prices_include_tax")
    said = [given.flag(name) for name in flags if name in given]
    return any(said)


def _rule(facts: Facts, *, is_gross: bool) -> PlaceRule:
    name = facts.text("name")
    tax = Tax(name, facts.number("rate"), included=facts.flag("included", is_gross))
    side = facts.text("side")
    return PlaceRule(name, (tax,), facts.text("from"), facts.text("to"), Side(side) if side else None)


def _tax(given: Facts, name: str) -> tuple[Tax, ...]:
    value: Any = given.value(name)
    if isinstance(value, dict):
        return (read_tax(str(value.get("name", name)), _without_name(given.facts(name))),)
    if isinstance(value, list):
        return tuple(
            read_tax(facts.text("name", f"{name} {index}"), facts, index)
            for index, facts in enumerate(given.all_facts(name))
        )
    raise NotCovered(f"neither rules nor taxes {name}: {value!r}")


def _without_name(facts: Facts) -> Facts:
    facts.ignore("name")
    return facts


def _is_figure(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()
