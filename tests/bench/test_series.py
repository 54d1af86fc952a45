"""Demand is read from CSV files of any of the usual forms."""

import gzip

import numpy as np
import pytest

from app.services.forecasting.history import Period
from bench.series import read


def test_one_demand_a_line_with_facts_and_days_as_people_write_them(tmp_path):
    lines = ["SKU;Order Date;Qty;Unit Cost;Lead time days;MOQ"]
    lines += [f"chair;{day:02d}.{month:02d}.2026 08:15;2;9.50;14;5" for month in range(1, 13) for day in (2, 20)]
    lines += ["table;02.01.2026;3;80;21;1", "table;31.12.2026;-1;80;21;1"]
    (tmp_path / "sales.csv").write_text("\n".join(lines), encoding="utf-8-sig")
    (found,) = read(tmp_path, Period.WEEK)
    assert found.items == ("chair", "table") and found.period is Period.WEEK
    assert found.history.sum(axis=1).tolist() == [48, 3]  # the week that is not over is left out
    assert found.lead_times.tolist() == [2, 3]
    assert (found.costs.tolist(), found.minimums.tolist()) == ([9.5, 80], [5, 1])


def test_one_series_a_line_and_one_a_column(tmp_path):
    wide = "sku," + ",".join(f"w{week:03d}" for week in range(1, 11)) + "\nchair," + ",".join("0123456789") + "\n"
    with gzip.open(tmp_path / "wide.csv.gz", "wt") as file:
        file.write(wide)
    columns = ["date,chair,table", *(f"2026-01-{day:02d},{day},{day % 2}" for day in range(1, 29))]
    (tmp_path / "columns.csv").write_text("\n".join(columns))
    (tmp_path / "notes.csv").write_text("name,telephone\nAda,12\n")
    by_column, by_line = read(tmp_path)
    assert by_line.period is Period.WEEK and by_line.history.tolist() == [list(range(10))]
    assert by_column.period is Period.DAY and by_column.history[0].tolist() == list(range(1, 29))


def test_columns_named_by_dates_say_how_long_a_period_is(tmp_path):
    months = ",".join(f"2026-{month:02d}-01" for month in range(1, 9))
    (tmp_path / "months.csv").write_text(f"item,{months}\nchair,1,2,3,4,5,6,7,8\n")
    (found,) = read(tmp_path)
    assert found.period is Period.MONTH and np.array_equal(found.history, [[1, 2, 3, 4, 5, 6, 7, 8]])


def test_dates_that_nobody_can_read_are_told(tmp_path):
    (tmp_path / "odd.csv").write_text("item,date,quantity\nchair,the third of May,1\n")
    with pytest.raises(ValueError, match="the third of May"):
        list(read(tmp_path))
