"""The figures as a paper: what the dashboards say, in a file that a scheduler may write."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from pypdf import PdfReader

from app.errors import Invalid
from app.services import figures_report
from app.services.figures_report import Often, name_of
from app.services.progress import Quiet
from tests.services.analytics.test_sales_sums import sell, shop

__all__ = ["shop"]
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


def text_of(path):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(path.read_bytes())).pages)


def test_the_last_month_is_saved_with_what_was_sold_in_it(shop, tmp_path):
    sell(shop, 2)
    sell(shop, 1, date(2026, 12, 1))
    path = figures_report.save(shop.database, Often.MONTHLY, tmp_path, NOW, Quiet())
    assert path.name == "Delta Trading figures 2026-11.pdf"
    said = text_of(path)
    assert "200.00" in said and "300.00" not in said
    for words in ("Sales", "Operations", "Receivables", "Harbor & Finch", "PUMP"):
        assert words in said
    again = path.read_bytes()
    assert figures_report.save(shop.database, Often.MONTHLY, tmp_path, NOW, Quiet()).read_bytes() == again
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_a_folder_that_is_not_there_is_told_and_nothing_is_saved(shop, tmp_path):
    with pytest.raises(Invalid, match="There is no folder"):
        figures_report.save(shop.database, Often.WEEKLY, tmp_path / "gone", NOW, Quiet())


def test_weeks_are_named_as_iso_8601_says():
    assert name_of(Often.WEEKLY, date(2027, 1, 4)) == "2026-W53"
    assert name_of(Often.MONTHLY, date(2026, 1, 31)) == "2025-12"
