"""Replenishment: stock needed to serve a share of what is wanted, by simulation on held-back periods."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Final

import numpy as np

from app.services.forecasting import choosing
from app.services.forecasting.choosing import Choice
from app.services.forecasting.history import Floats, Period
from app.services.forecasting.order_points import BY_CHANCE, Rule, Terms
from app.services.forecasting.simulation import Outcome, simulate, stock_for
from bench.results import Report
from bench.series import Series, read

TITLE: Final = "Replenishment: stock in periods of demand that serves a share of the units, on held-back periods"
TARGETS: Final = (0.90, 0.95, 0.98)
WINDOWS: Final = {Period.DAY: 28, Period.WEEK: 26, Period.MONTH: 12}
FEWEST_PERIODS: Final = 16
MEAN_LIMITS: Final = {0.90: 0.88, 0.95: 0.80}


@dataclass(frozen=True, slots=True)
class Found:
    """The stock that each way of ordering needs for each target, in periods of demand.

    ``most`` is what min/max was tried with at most.
    """

    series: Series
    stock: dict[str, list[float]]
    rules: list[Choice]
    most: float
    seconds: float


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say where the data are."""
    parser.add_argument("--data", type=Path, required=True, help="a folder of CSV files: item, date, quantity")
    parser.add_argument("--lead", type=int, default=0, help="lead time in periods, where the files say none")


def run(options: argparse.Namespace) -> Report:
    """Try every data set and hold the chosen rule against the common ones."""
    columns = ("data set", "items x periods", "stock for", "min/max", "textbook", "ours", "foresight", "rules", "CPU s")
    report = Report(columns)
    ratios: dict[float, list[float]] = {target: [] for target in TARGETS}
    for series in read(options.data):
        found = compare(series, options.lead)
        if found is None:
            report.notes.append(f"{series.name}: too short, or nothing was wanted: {series.history.shape}")
            continue
        for place, target in enumerate(TARGETS):
            report.rows.append(_row(found, place, target))
            common, textbook, ours = (found.stock[name][place] for name in ("min/max", "textbook", "ours"))
            known = [figure for figure in (common, textbook) if np.isfinite(figure)]
            if known:
                words = f"{series.name} at {target:.0%}, ours over the better of min/max and textbook"
                report.limit(words, ours / min(known), 1.0)
            most = common if np.isfinite(common) else found.most
            if np.isfinite(ours):
                ratios[target].append(ours / most)
    for target, limit in MEAN_LIMITS.items():
        if ratios[target]:
            report.limit(f"ours over min/max at {target:.0%}, mean of the sets", float(np.mean(ratios[target])), limit)
    report.notes.append("Same order quantities for all; the rule is chosen per class on periods before those shown.")
    report.notes.append("Where min/max never serves the share, the most it was tried with counts in its mean.")
    return report


def compare(series: Series, lead: int = 0) -> Found | None:
    """Simulate all ways of ordering on the last third of the periods; None where there are too few."""
    kept = series.history.sum(axis=1) > 0
    history = series.history[kept]
    periods = history.shape[1]
    if periods < FEWEST_PERIODS or not len(history):
        return None
    began = process_time()
    held_back = periods // 3
    leads = np.full(len(history), lead) if lead else np.rint(series.lead_times[kept])
    known = history[:, :-held_back]
    terms = Terms(leads.astype(np.int64), quantities(known, series.minimums[kept]), window=WINDOWS[series.period])
    choices = choosing.choose(known, known.shape[1] // 3, terms, TARGETS)
    outcomes = choosing.tried(history, held_back, terms)
    kinds = choosing.classes(known)
    rate = history[:, -held_back:].sum() / held_back
    stock = {
        "min/max": [_periods(outcomes[Rule.MULTIPLE], target, rate) for target in TARGETS],
        "textbook": [_periods(outcomes[Rule.TEXTBOOK], target, rate) for target in TARGETS],
        "ours": [_periods(choosing.mixed(outcomes, choices[one].rules, kinds), one, rate) for one in TARGETS],
        "foresight": [_periods(foresight(history, held_back, terms), target, rate) for target in TARGETS],
    }
    stock |= {rule: [_periods(outcomes[rule], target, rate) for target in TARGETS] for rule in BY_CHANCE}
    most = outcomes[Rule.MULTIPLE].stock.sum(axis=1).max().item() / rate
    return Found(series, stock, [choices[target] for target in TARGETS], most, process_time() - began)


def quantities(known: Floats, minimums: Floats) -> Floats:
    """Return ``(series,)`` what is ordered at once: what is wanted in a period, the minimum, and whole units."""
    return np.asarray(np.maximum(np.ceil(np.maximum(known.mean(axis=1), minimums)), 1.0))


def foresight(history: Floats, held_back: int, terms: Terms) -> Outcome:
    """Order what will be wanted, or a share of it, as one who knows the future would."""
    periods = history.shape[1]
    origin = periods - held_back
    warm = int(min(origin - 2, 2 * (int(terms.lead_times.max()) + terms.review)))
    padded = np.concatenate([history, np.zeros((len(history), int(terms.lead_times.max()) + 2))], axis=1)
    running = np.concatenate([np.zeros((len(history), 1)), np.cumsum(padded, axis=1)], axis=1)
    rows = np.arange(len(history))
    shares = np.linspace(0, 1, 21)[:, None]
    sets = []
    for period in range(origin - warm, periods):
        coming = running[rows, period + 1 + terms.lead_times + terms.review] - running[rows, period + 1]
        sets.append((period - origin + warm, shares * coming))
    demand = history[:, origin - warm :]
    return simulate(demand, terms.lead_times, terms.quantities, sets, uncounted=warm)


def _periods(outcome: Outcome, target: float, rate: float) -> float:
    return stock_for(outcome.fill(), outcome.stock.sum(axis=1), target) / rate


def _row(found: Found, place: int, target: float) -> tuple[str, ...]:
    rules = found.rules[place].rules
    told = sorted({str(rule) for rule in rules.values()})
    figures = [found.stock[name][place] for name in ("min/max", "textbook", "ours", "foresight")]
    count, periods = found.series.history.shape
    return (
        found.series.name,
        f"{count} x {periods} {found.series.period}s",
        f"{target:.0%}",
        *(f"{figure:.1f}" if np.isfinite(figure) else "not reached" for figure in figures),
        ", ".join(told),
        f"{found.seconds:.1f}" if place == 0 else "",
    )
