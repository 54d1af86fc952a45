"""VAT numbers of the right form, with check digits that hold, for the sample company's customers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from stdnum.at import uid
from stdnum.de import vat as german
from stdnum.dk import cvr
from stdnum.es import cif
from stdnum.fi import alv
from stdnum.it import iva
from stdnum.nl import bsn
from stdnum.no import orgnr as norwegian
from stdnum.pl import nip
from stdnum.se import orgnr as swedish

from app.services.demo.chance import Chance

_Checked = tuple[str, int, str, Callable[[str], bool]]

_CHECKED: Final[dict[str, _Checked]] = {
    "NL": ("", 8, "B01", bsn.is_valid),
    "DE": ("", 8, "", german.is_valid),
    "SE": ("55", 7, "01", swedish.is_valid),
    "DK": ("", 7, "", cvr.is_valid),
    "NO": ("9", 7, "MVA", norwegian.is_valid),
    "PL": ("5", 8, "", nip.is_valid),
    "IT": ("0", 6, "", iva.is_valid),
    "ES": ("B", 7, "", cif.is_valid),
    "AT": ("U", 7, "", uid.is_valid),
    "FI": ("", 7, "", alv.is_valid),
}
"""How a number begins, how many digits follow before the check digit, how it ends, and what checks it."""

_PROVINCE: Final = {"IT": "010"}  # an Italian number names the office that gave it out before its check digit
_WRITTEN_BEFORE: Final = {"NO": ""}  # Norwegian numbers carry no country code


def vat_number(country: str, chance: Chance) -> str:
    """Make a number as the tax office of ``country`` (ISO code) writes it; empty where there is none."""
    if country in _MOD_97:
        return country + _MOD_97[country](chance)
    if country not in _CHECKED:
        return ""
    start, digits, end, is_valid = _CHECKED[country]
    while True:
        body = start + str(chance.between(10 ** (digits - 1), 10**digits - 1)) + _PROVINCE.get(country, "")
        for check in "0123456789":
            if is_valid(body + check):
                return _WRITTEN_BEFORE.get(country, country) + body + check + end


def _belgian(chance: Chance) -> str:
    body = chance.between(4_000_000, 7_999_999)
    return f"0{body}{97 - body % 97:02}"


def _french(chance: Chance) -> str:
    """SIREN (Luhn) behind a key of its own: (12 + 3 x SIREN) mod 97."""
    body = str(chance.between(30_000_000, 89_999_999))
    doubled = sum(sum(divmod(int(digit) * 2, 10)) for digit in body[1::2])
    siren = int(body + str(-(doubled + sum(int(digit) for digit in body[0::2])) % 10))
    return f"{(12 + 3 * siren) % 97:02}{siren}"


def _british(chance: Chance) -> str:
    body = chance.between(1_000_000, 9_999_999)
    weighted = sum(int(digit) * weight for digit, weight in zip(str(body), range(8, 1, -1), strict=True))
    return f"{body}{(97 - weighted % 97):02}"


_MOD_97: Final[dict[str, Callable[[Chance], str]]] = {
    "BE": _belgian,
    "FR": _french,
    "GB": _british,
}
