"""Where things are kept on this computer: company files, the list of known companies, logs."""

from __future__ import annotations

import getpass
import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from platformdirs import user_data_path, user_log_path
from sqlalchemy.engine import make_url

APPLICATION: Final = "Waybill"
FILE_ENDING: Final = ".waybill"
DATA_VARIABLE: Final = "WAYBILL_DATA"
"""Environment variable that moves the data folder, e.g. for a portable installation or a test."""


@dataclass(frozen=True, slots=True)
class KnownCompany:
    """A company opened before on this computer: its name and its database's address (without a password)."""

    name: str
    url: str


def data_folder() -> Path:
    """Give the folder of this user's Waybill data."""
    chosen = os.environ.get(DATA_VARIABLE)
    return Path(chosen) if chosen else user_data_path(APPLICATION, appauthor=False)


def companies_folder() -> Path:
    """Give the folder new companies are put in."""
    return data_folder() / "companies"


def log_folder() -> Path:
    """Give the folder of logs and crash reports."""
    chosen = os.environ.get(DATA_VARIABLE)
    return Path(chosen) / "logs" if chosen else user_log_path(APPLICATION, appauthor=False)


def person() -> str:
    """Give the name of the person at this computer, as the system knows it; “unknown” where it knows none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container may run under a number that has no name
        return "unknown"


def known_companies() -> list[KnownCompany]:
    """Read the companies opened before, the last one first; those whose file is gone are left out."""
    path = data_folder() / "companies.json"
    if not path.exists():
        return []
    try:
        found = [KnownCompany(str(one["name"]), str(one["url"])) for one in json.loads(path.read_text("utf-8"))]
    except (ValueError, KeyError, TypeError):
        return []  # a damaged list only costs a look for the file: the companies themselves are untouched
    return [one for one in found if _exists(one.url)]


def remember_company(company: KnownCompany) -> None:
    """Put a company first in the list of known ones; a password in its address is not kept.

    PostgreSQL's own client library finds one in PGPASSWORD or in the person's password file.
    """
    company = replace(company, url=_without_password(company.url))
    others = [one for one in known_companies() if one.url != company.url]
    path = data_folder() / "companies.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(one) for one in (company, *others)][:20], ensure_ascii=False, indent=2)
    writing = path.with_suffix(".writing")
    writing.write_text(text, "utf-8")
    writing.replace(path)


def free_company_path(name: str) -> Path:
    """Choose a file for a new company that does not exist yet."""
    safe = "".join(letter if letter.isalnum() or letter in " -_" else "_" for letter in name).strip() or "Company"
    folder = companies_folder()
    candidate = folder / f"{safe}{FILE_ENDING}"
    number = 2
    while candidate.exists():
        candidate = folder / f"{safe} {number}{FILE_ENDING}"
        number += 1
    return candidate


def _without_password(url: str) -> str:
    if url.startswith("sqlite:"):
        return url
    return make_url(url)._replace(password=None).render_as_string(hide_password=False)


def _exists(url: str) -> bool:
    return not url.startswith("sqlite:///") or Path(url.removeprefix("sqlite:///")).exists()
