"""Forecasts on any folder of demand: how near, how wide, how fast, beside a public library's.

Each data set is forecast from several origins, everything chosen anew at each from what was known there.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import platformdirs

from app.services.forecasting import accuracy, backtest, intervals, seasons
from app.services.forecasting.history import Floats, Period
from app.services.forecasting.intervals import LEVELS
from app.services.forecasting.negative_binomial import normal_quantiles
from bench.results import Report
from bench.series import Series, read

TITLE: Final = "Forecasts: errors, intervals and speed on held-back demand, beside a public library"
LIBRARY: Final = "statsforecast"
VERSION: Final = "2.1.1"
MOST_ORIGINS: Final = 4
FASTER: Final = 50
BETTER: Final = 0.95
SECONDS_OF_TEN_THOUSAND: Final = 60.0
REFERENCE_SEASONS: Final = {Period.DAY: 7, Period.WEEK: 1, Period.MONTH: 12}  # it takes no season above 24 periods


@dataclass(frozen=True, slots=True)
class Said:
    """What one method said: means ``(origins, series, horizon)``, of the sum ``(origins, series, levels)``."""

    name: str
    means: Floats
    sums: Floats
    cpu: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What that was worth, over the series and origins that can be judged."""

    rmsse: float
    mase: float
    loss: float
    coverage: float
    wape: float
    bias: float


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, nargs="+", required=True, help="folders or CSV files: item, date, quantity"
    )
    parser.add_argument("--period", type=Period, choices=list(Period), help="how long a period is in dated files")
    parser.add_argument("--horizon", type=int, help="periods ahead; the median lead time by default")
    parser.add_argument("--series", type=int, default=4000, help="the most series of a data set, every n-th of more")
    parser.add_argument("--alone", action="store_true", help="without the public library")
    parser.add_argument("--many", type=int, default=10_000, help="how many weekly series of three years to time")


def run(options: argparse.Namespace) -> Report:
    report = Report(("data", "method", "RMSSE", "MASE", "pinball", "80 % covers", "WAPE", "bias", "series per CPU s"))
    python = None if options.alone else _library(report)
    for folder in options.data:
        for series in read(folder, options.period):
            measure(report, series, options.horizon, options.series, python)
    if options.many:
        _many(report, options.many)
    report.notes.append(
        "Pinball: mean loss at 10, 25, 50, 75, 90, 95, 98 % of the sum over the horizon, in mean changes."
    )
    return report


def measure(report: Report, series: Series, horizon: int | None, most: int, python: Path | None) -> None:
    """Forecast one data set from its origins, and hold our figures against the library's best."""
    history = series.history[(series.history > 0).sum(axis=1) > 1]
    history = history[:: -(-len(history) // most) or 1]
    periods = history.shape[1]
    ahead = horizon or max(int(np.median(series.lead_times)), 1)
    origins = np.arange(min(MOST_ORIGINS, periods // 2 // ahead), 0, -1) * ahead
    if not len(origins) or not len(history):
        report.notes.append(f"{series.name}: {periods} periods are too few for a horizon of {ahead}; left out.")
        return
    told = f"{series.name}: {len(history)} series of {periods} {series.period}s"
    report.notes.append(f"{told}, {len(origins)} origins, {ahead} ahead.")
    ours = _ours(history, origins, ahead, seasons.LENGTHS[series.period])
    others = (
        _others(history, origins, ahead, series.period, python, report)
        if python
        else [_naive(history, origins, ahead, series.period)]
    )
    figures = {one.name: judge(history, origins, ahead, one) for one in [ours, *others]}
    for one in [ours, *others]:
        found = figures[one.name]
        shown = (found.rmsse, found.mase, found.loss, found.coverage, found.wape, found.bias)
        speed = len(history) * len(origins) / max(one.cpu, 1e-9)
        report.rows.append((series.name[:16], one.name, *(f"{value:.4f}" for value in shown), f"{speed:,.0f}"))
    if python and others:
        _hold(report, series.name[:16], ours, others, figures)


def _hold(report: Report, name: str, ours: Said, others: list[Said], figures: dict[str, Figures]) -> None:
    mine = figures[ours.name]
    best = min(figures[one.name].rmsse for one in others)
    loss = min(figures[one.name].loss for one in others)
    report.limits.append(
        (f"{name}: RMSSE to the best of the library's: {mine.rmsse / best:.4f}, limit 1", mine.rmsse <= best)
    )
    is_better = mine.loss <= BETTER * loss
    report.limits.append((f"{name}: pinball loss to the best: {mine.loss / loss:.4f}, limit {BETTER}", is_better))
    slow = next((one.cpu for one in others if one.name == "AutoETS"), None)
    if slow is not None:
        faster = slow / ours.cpu
        report.limits.append((f"{name}: times AutoETS's speed: {faster:.0f}, at least {FASTER}", faster >= FASTER))


def _ours(history: Floats, origins: np.ndarray, ahead: int, season: int) -> Said:
    """Choose, forecast and calibrate anew at each origin; the CPU time is that of the forecasts (the rest is noted)."""
    means, sums, spent = [], [], 0.0
    for held in origins:
        known = history[:, : history.shape[1] - held]
        began = time.process_time()
        means.append(backtest.forecast(known, ahead, season).mean)
        spent += time.process_time() - began
        sums.append(intervals.quantiles(known, ahead, LEVELS))
    return Said("Waybill", np.stack(means), np.stack(sums), spent)


def _naive(history: Floats, origins: np.ndarray, ahead: int, period: Period) -> Said:
    """Return the seasonal naive forecast of our own, for a bench without the library."""
    means, sums, began = [], [], time.process_time()
    for held in origins:
        known = history[:, : history.shape[1] - held]
        season = REFERENCE_SEASONS[period] if known.shape[1] > REFERENCE_SEASONS[period] else 1
        means.append(seasons.naive(known, season, ahead, np.array([known.shape[1] - 1]))[:, 0])
        spread = np.sqrt(((known[:, season:] - known[:, :-season]) ** 2).mean(axis=1) * ahead)
        sums.append(means[-1].sum(axis=1)[:, None] + normal_quantiles(LEVELS) * spread[:, None])
    return Said("seasonal naive", np.stack(means), np.maximum(np.stack(sums), 0.0), time.process_time() - began)


def judge(history: Floats, origins: np.ndarray, ahead: int, said: Said) -> Figures:
    """Pool each series' errors over its origins; the figures are means over series, WAPE and bias those of the sum."""
    squares, absolutes, losses, inside = [], [], [], []
    errors = wanted = surplus = 0.0
    for number, held in enumerate(origins):
        end = history.shape[1] - held
        known, actual = history[:, :end], history[:, end : end + ahead]
        is_judged = ((known > 0).sum(axis=1) > 1) & (accuracy.naive_scale(known) > 0)
        mean, sums, total = said.means[number], said.sums[number], actual.sum(axis=1)
        for kept, found in (
            (squares, accuracy.rmsse(actual, mean, known) ** 2),
            (absolutes, accuracy.mase(actual, mean, known)),
            (losses, accuracy.scaled_pinball(total, sums, LEVELS, known, ahead)),
            (inside, accuracy.covered(total, sums[:, 0], sums[:, 4]) * 1.0),
        ):
            kept.append(np.where(is_judged, found, np.nan))
        errors += np.abs(actual - mean)[is_judged].sum()
        surplus += (mean - actual)[is_judged].sum()
        wanted += actual[is_judged].sum()
    judged = np.isfinite(np.stack(squares)).any(axis=0)
    by_series = [np.nanmean(np.stack(each)[:, judged], axis=0) for each in (squares, absolutes, losses)]
    rmsse, mase, loss = np.sqrt(by_series[0]).mean(), by_series[1].mean(), by_series[2].mean()
    return Figures(rmsse, mase, loss, np.nanmean(np.stack(inside)), errors / wanted, surplus / wanted)


def _library(report: Report) -> Path | None:
    """Return the Python that has the public library, after installing it into an environment of its own."""
    home = platformdirs.user_cache_path("waybill-bench") / f"{LIBRARY}-{VERSION}"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    asked = [str(python), "-c", f"import {LIBRARY}.models"]
    try:
        if not python.exists():
            venv.create(home, with_pip=True)
        if subprocess.run(asked, capture_output=True, check=False).returncode:  # noqa: S603 - our own environment
            wanted = [str(python), "-m", "pip", "install", "--quiet", f"{LIBRARY}=={VERSION}"]
            subprocess.run(wanted, check=True)  # noqa: S603
            subprocess.run(asked, capture_output=True, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as error:
        report.notes.append(f"{LIBRARY} {VERSION} could not be installed ({error}); compared with seasonal naive only.")
        return None
    report.notes.append(f"The library is {LIBRARY} {VERSION}; spreads of methods that say none are RMSE × √horizon.")
    return python


def _others(
    history: Floats, origins: np.ndarray, ahead: int, period: Period, python: Path, report: Report
) -> list[Said]:
    """Run the library's methods in a child process with one thread."""
    with tempfile.TemporaryDirectory() as folder:
        given, written = Path(folder) / "given.npz", Path(folder) / "written.npz"
        np.savez(given, history=history, origins=origins, horizon=ahead, season=REFERENCE_SEASONS[period])
        child = Path(__file__).with_name("forecast_reference.py")
        one_thread = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
        done = subprocess.run(  # noqa: S603
            [str(python), str(child), str(given), str(written)],
            env=os.environ | one_thread,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            report.notes.append(f"The library failed: {done.stderr.strip().splitlines()[-1]}")
            return []
        with np.load(written) as found:
            return list(_read(dict(found), report))


def _read(found: dict[str, np.ndarray], report: Report) -> Iterator[Said]:
    for name in (key.removesuffix("_mean") for key in found if key.endswith("_mean")):
        means, spread = np.maximum(found[f"{name}_mean"], 0.0), found[f"{name}_spread"]
        sums = np.maximum(means.sum(axis=2)[:, :, None] + normal_quantiles(LEVELS) * spread[:, :, None], 0.0)
        if found[f"{name}_failed"]:
            report.notes.append(f"{name} could not fit {int(found[f'{name}_failed'])} histories; their mean was taken.")
        yield Said(name, means, sums, float(found[f"{name}_cpu"]))


def _many(report: Report, count: int) -> None:
    """Time ``count`` weekly series of three years, of every kind, with intervals, on the clock."""
    chance = np.random.default_rng(7)
    rate = np.exp(chance.normal(0.5, 1.5, (count, 1)))
    year = 1 + 0.4 * np.sin(2 * np.pi * np.arange(156) / 52)
    history = chance.poisson(rate * np.where(chance.random((count, 1)) < 0.3, year, 1.0)).astype(float)
    seconds = {
        "forecast": _seconds(lambda: backtest.forecast(history, 4, 52)),
        "intervals": _seconds(lambda: intervals.quantiles(history, 4, LEVELS)),
    }
    total = sum(seconds.values())
    report.notes.append(
        ", ".join(f"{name} of {count:,} weekly series: {spent:.1f} s" for name, spent in seconds.items()) + "."
    )
    report.limit(
        f"seconds for {count:,} weekly series of three years, season and intervals included",
        total,
        SECONDS_OF_TEN_THOUSAND,
    )


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
