"""``currency_convert`` and ``currency_round``: amounts in other currencies and their rounding."""

from __future__ import annotations

from decimal import Decimal

from app.models.rounding import Rounding, round_step, scaled
from app.services.currency import NoRate, convert, convert_rounded
from tests.scenarios.cases import Case
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.running import adapter, finish

REFUSALS = {"error_no_rate": NoRate, "error_zero_rate": NoRate}
MODES = {**{str(mode): mode for mode in Rounding}, "ceil": Rounding.CEILING}


@adapter("currency_convert")
def run_convert(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        if round_.steps:
            raise NotCovered("steps")
        checks.label = round_.label
        given = Facts(round_.given)
        rates = given.facts("rates")
        known = {code: rates.number(code) for code in rates}
        amount, source, target = given.number("amount"), given.text("from"), given.text("to")
        if isinstance(round_.expect, str) and round_.expect.startswith("error"):
            given.ignore("decimals", "round")
            checks.refused(round_.expect, REFUSALS, convert, amount, source, target, known)
        elif given.flag("round", default=True):
            decimals, step = given.whole("decimals", 2), given.optional_number("step")
            found = convert_rounded(amount, source, target, known, decimals=decimals, step=step, mode=_mode(given))
            checks.figure("expect", round_.expect, found)
        else:
            given.ignore("decimals")
            checks.written("expect", round_.expect, convert(amount, source, target, known))
        finish(given)


@adapter("currency_round")
def run_round(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        if round_.steps:
            raise NotCovered("steps")
        checks.label = round_.label
        given = Facts(round_.given)
        checks.figure("expect", round_.expect, round_step(given.number("amount"), _step(given), _mode(given)))
        finish(given)


def _mode(given: Facts) -> Rounding:
    return MODES[given.choice("mode", tuple(MODES), Rounding.HALF_UP)]


def _step(given: Facts) -> Decimal:
    for name in ("decimals", "digits"):
        if name in given:
            return scaled(1, given.whole(name))
    return given.number("step")
