"""The first start: a new company, a file that is there, and what happens when it is none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app import settings
from app.services import companies, value_entries
from app.views.welcome import SAMPLE_NAME, WelcomeDialog

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def welcome(qtbot, theme, tmp_path, monkeypatch):
    monkeypatch.setenv("WAYBILL_DATA", str(tmp_path))
    dialog = WelcomeDialog("ann", NOON)
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    if dialog.database is not None:
        dialog.database.close()


def test_a_new_company_is_founded_in_the_data_folder(welcome, tmp_path):
    welcome.show_founding()
    welcome.found()
    assert welcome.database is None, "a company needs a name"
    welcome.name.setText("Finch & Söhne")
    welcome.costing.setCurrentIndex(1)
    welcome.found()
    kept = welcome.database.read(value_entries.books)
    assert (kept.keeps, kept.method) == (True, "fifo")
    assert welcome.database.read(companies.get).name == "Finch & Söhne"
    assert [path.name for path in (tmp_path / "companies").glob("*.waybill")] == ["Finch _ Söhne.waybill"]
    assert [rule.rate for rule in welcome.database.read(companies.taxes).values()] == [21]


def test_a_file_that_is_no_company_is_refused_in_words(welcome, qtbot, tmp_path):
    wrong = tmp_path / "letter.waybill"
    wrong.write_text("Dear all,", encoding="utf-8")
    welcome.open_file(wrong)
    qtbot.waitUntil(lambda: "not a Waybill company" in welcome.trouble.text(), timeout=15_000)
    assert wrong.read_text(encoding="utf-8") == "Dear all,"


def test_the_sample_company_is_made_once_and_opened_again(welcome, qtbot, tmp_path):
    welcome.make_sample()
    qtbot.waitUntil(lambda: welcome.database is not None, timeout=120_000)
    path = settings.companies_folder() / f"{SAMPLE_NAME}{settings.FILE_ENDING}"
    assert path.exists()
    again = WelcomeDialog("ann", NOON)
    qtbot.addWidget(again)
    again.make_sample()
    qtbot.waitUntil(lambda: again.database is not None, timeout=30_000)
    assert again.database.url == welcome.database.url
    again.database.close()
