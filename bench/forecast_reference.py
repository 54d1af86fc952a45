"""Forecasts of the public library statsforecast, run by its own Python as a child of ``bench.forecast``.

``python forecast_reference.py INPUT OUTPUT`` reads arrays ``history`` (series, periods), ``origins`` (how many periods
are held back at each), ``horizon`` and ``season`` from INPUT (npz), and writes for each method ``NAME_mean`` (origins,
series, horizon), ``NAME_spread`` (origins, series), the standard deviation of the sum, and ``NAME_cpu`` seconds.
It knows nothing of the program: it runs where the program's packages are not installed.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from statsforecast.models import IMAPA, TSB, AutoETS, CrostonSBA, SeasonalNaive

EIGHTY = 1.2815515655446004  # the 90 % quantile of the standard normal distribution
SMALLEST = 3


def methods(season: int) -> dict[str, Any]:
    """Return the methods by the names they have in the report."""
    return {
        "seasonal naive": SeasonalNaive(season),
        "AutoETS": AutoETS(season_length=season),
        "CrostonSBA": CrostonSBA(),
        "TSB": TSB(alpha_d=0.2, alpha_p=0.2),
        "IMAPA": IMAPA(),
    }


def forecast(name: str, method: Any, wanted: np.ndarray, horizon: int) -> tuple[np.ndarray, float]:
    """Return the mean of each coming period and the standard deviation of their sum.

    AutoETS says its own spread per period; of the others the mean square of the errors of one step is taken, as
    textbooks do: the periods' variances are added up.
    """
    if name == "AutoETS":
        found = method.forecast(y=wanted, h=horizon, level=[80])
        steps = (found["hi-80"] - found["lo-80"]) / (2 * EIGHTY)
        return found["mean"], float(np.sqrt(np.sum(steps**2)))
    found = method.forecast(y=wanted, h=horizon, fitted=True)
    errors = wanted - found["fitted"]
    errors = errors[np.isfinite(errors)]
    square = np.mean(errors**2) if len(errors) else wanted.var()
    return found["mean"], float(np.sqrt(square * horizon))


def run(name: str, method: Any, history: np.ndarray, origins: np.ndarray, horizon: int) -> dict[str, np.ndarray]:
    """Forecast every series from every origin; what the library cannot fit gets its mean."""
    means = np.zeros((len(origins), len(history), horizon))
    spreads = np.zeros((len(origins), len(history)))
    failed, began = 0, time.process_time()
    for number, held in enumerate(origins):
        for place, series in enumerate(history):
            wanted = np.trim_zeros(series[: len(series) - held], "f")
            if len(wanted) < SMALLEST:
                means[number, place] = wanted.mean() if len(wanted) else 0.0
                continue
            try:
                means[number, place], spreads[number, place] = forecast(name, method, wanted, horizon)
            except Exception as error:  # noqa: BLE001 - whatever it is: counted, told, and the mean taken
                failed += 1
                means[number, place], spreads[number, place] = wanted.mean(), wanted.std() * np.sqrt(horizon)
                print(f"{name}: {error}", file=sys.stderr)
    spent = time.process_time() - began
    return {
        f"{name}_mean": np.nan_to_num(means),
        f"{name}_spread": np.nan_to_num(spreads),
        f"{name}_cpu": np.array(spent),
        f"{name}_failed": np.array(failed),
    }


def main() -> None:
    """Read the input, forecast with every method, write the output."""
    given = np.load(sys.argv[1])
    history, origins = given["history"], given["origins"]
    horizon, season = int(given["horizon"]), int(given["season"])
    written: dict[str, np.ndarray] = {}
    for name, method in methods(season).items():
        run(name, method, history[:2], origins[:1], horizon)  # compiled before it is timed
        written |= run(name, method, history, origins, horizon)
        print(f"{name}: {float(written[f'{name}_cpu']):.1f} s", file=sys.stderr)
    with Path(sys.argv[2]).open("wb") as file:
        np.savez(file, **written)


if __name__ == "__main__":
    main()
