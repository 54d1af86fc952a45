"""``forecast_spread``, ``forecast_ref``, ``smoothing``: forecasts that are followed with a pencil."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.services.forecasting import plain_forecasts
from tests.scenarios.cases import Case
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered, number
from tests.scenarios.running import adapter, finish


def _rounds(case: Case, checks: Checks) -> Iterator[tuple[Facts, Any]]:
    for round_ in case.rounds():
        checks.label = round_.label
        if round_.steps:
            raise NotCovered("steps")
        yield Facts(round_.given), round_.expect


def _numbers(given: Facts, name: str) -> list[Decimal]:
    return [number(each, given.place(name)) for each in given.list(name)]


@adapter("forecast_spread")
def run_spread(case: Case, checks: Checks) -> None:
    for given, expect in _rounds(case, checks):
        given.ignore("meaning")
        quantity = given.number("qty")
        if quantity % 1:
            raise NotCovered(f"{quantity} are not whole pieces")
        found = plain_forecasts.spread(int(quantity), given.whole("periods"))
        expected = Facts(expect if isinstance(expect, dict) else {"shares": expect}, "expect")
        if "shares" in expected:
            _list(checks, expected, "shares", found)
        checks.amounts(expected, {"total": sum(found), "moves": sum(1 for share in found if share)})
        finish(given, expected)


@adapter("forecast_ref")
def run_reference(case: Case, checks: Checks) -> None:
    for given, expect in _rounds(case, checks):
        expected = Facts(expect or {}, "expect")
        if "same_period_last_year" in given:
            sold = _numbers(given, "same_period_last_year")
            given.ignore("sold", "weeks_back", "weeks_ahead")  # a forecast is by one rule or the other
            lines = plain_forecasts.same_period({"article": sold, "excluded": sold}, {"excluded"})
            found = Fraction(lines["article"])
            if "excluded_article_lines" in expected:
                excluded = sum(1 for item in lines if item == "excluded")
                checks.same("excluded_article_lines", expected.whole("excluded_article_lines"), excluded)
        else:
            weeks = given.whole("weeks_back"), given.whole("weeks_ahead")
            found = plain_forecasts.average_rate(_numbers(given, "sold"), *weeks)
        if "forecast" in expected:
            checks.written("forecast", expected.value("forecast"), found)
        finish(given, expected)


@adapter("smoothing")
def run_smoothing(case: Case, checks: Checks) -> None:
    for given, expect in _rounds(case, checks):
        expected = Facts(expect or {}, "expect")
        sold = _numbers(given, "sold")
        found = plain_forecasts.exponential(sold, given.number("alpha"), _start(given, sold))
        if "forecast" in expected:
            _list(checks, expected, "forecast", found)
        finish(given, expected)


def _start(given: Facts, sold: list[Decimal]) -> Decimal:
    """The first forecast: the average of all figures, the first of them, or a figure of its own."""
    said = given.value("start", "average")
    if said == "average":
        return sum(sold, Decimal(0)) / len(sold)
    return sold[0] if said == "first" else number(said, given.place("start"))


def _list(checks: Checks, expected: Facts, name: str, found: tuple[Decimal | int, ...]) -> None:
    wanted = expected.list(name)
    checks.same(f"length of {name}", len(wanted), len(found))
    for place, (one, other) in enumerate(zip(wanted, found, strict=False), 1):
        checks.written(f"{name}[{place}]", one, Fraction(other))
