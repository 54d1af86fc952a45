"""What is kept on this computer: the companies opened before, never a password; a person without a name has one."""

from __future__ import annotations

import getpass

import pytest

from app import main, settings
from app.services import opening
from app.services.companies import Founding
from app.settings import KnownCompany
from tests.desk import START


@pytest.fixture(autouse=True)
def _own_data(tmp_path, monkeypatch):
    monkeypatch.setenv("WAYBILL_DATA", str(tmp_path / "my data"))


def test_a_password_in_an_address_is_not_kept():
    settings.remember_company(KnownCompany("Delta", "postgresql+psycopg://ann:s3cret@db.example:5432/delta"))
    settings.remember_company(KnownCompany("Delta", "postgresql+psycopg://ann:other@db.example:5432/delta"))
    assert settings.known_companies() == [KnownCompany("Delta", "postgresql+psycopg://ann@db.example:5432/delta")]
    assert "s3cret" not in (settings.data_folder() / "companies.json").read_text("utf-8")


@pytest.mark.parametrize("error", [KeyError("getpwuid(): uid not found: 4711"), OSError("no username set")])
def test_a_person_the_system_has_no_name_for_still_works(monkeypatch, error):
    def nobody():
        raise error

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert settings.person() == "unknown"


def test_a_company_that_does_not_open_any_more_leads_to_the_welcome(tmp_path, monkeypatch):
    broken, other = tmp_path / "broken.waybill", tmp_path / "other one.waybill"
    broken.write_bytes(b"no database at all, but large enough to be looked at" * 100)
    opening.found_company(other, Founding("Other", "NL", "EUR"), by="ann", at=START).close()
    settings.remember_company(KnownCompany("Delta", f"sqlite:///{broken.as_posix()}"))
    told = []

    def ask(_by, _at, trouble=""):
        told.append(trouble)
        return opening.open_company(other)

    monkeypatch.setattr(main.welcome, "ask", ask)
    database = main._choose_company(None)
    database.close()
    assert told[0].startswith("Delta could not be opened. ")
    assert settings.known_companies()[0].name == "Other"
