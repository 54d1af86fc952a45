"""The benchmark of forecasts measures what it says, without the public library as well."""

import numpy as np

from bench import __main__ as bench
from bench.forecast import Said, judge


def test_a_folder_is_forecast_and_told(capsys, tmp_path):
    chance = np.random.default_rng(2)
    rows = ["sku," + ",".join(f"w{week}" for week in range(80))]
    rows += [f"P{row}," + ",".join(str(one) for one in chance.poisson(4, 80)) for row in range(30)]
    (tmp_path / "parts.csv").write_text("\n".join(rows))
    code = bench.main(["forecast", "--data", str(tmp_path), "--alone", "--many", "50", "--horizon", "4"])
    told = capsys.readouterr().out
    assert code == 0
    for words in (
        "parts",
        "Waybill",
        "seasonal naive",
        "30 series of 80 weeks, 4 origins, 4 ahead",
        "50 weekly series",
    ):
        assert words in told


def test_the_figures_are_those_of_the_forecast():
    history = np.tile([2.0, 4.0], (1, 10))
    origins, ahead = np.array([4, 2]), 2
    perfect = Said("perfect", np.full((2, 1, 2), [2.0, 4.0]), np.full((2, 1, 7), 6.0), 1.0)
    found = judge(history, origins, ahead, perfect)
    assert (found.rmsse, found.mase, found.loss, found.coverage, found.wape, found.bias) == (0, 0, 0, 1, 0, 0)
    high = judge(history, origins, ahead, Said("high", perfect.means + 2, perfect.sums + 1, 1.0))
    assert (high.rmsse, high.mase, high.coverage, high.wape, high.bias) == (1, 1, 0, 2 / 3, 2 / 3)
