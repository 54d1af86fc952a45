"""References that a payment is known by: of ISO 11649, of Swiss QR-bills, and which account they may go to."""

from __future__ import annotations

import re
from typing import Final

from stdnum import iban as ibans
from stdnum.ch import esr
from stdnum.iso7064 import mod_97_10

from app.errors import Invalid

QR_DIGITS: Final = 27
"""Digits of a QR reference, its check digit among them (SIX, Swiss Implementation Guidelines QR-bill, 4.3.3)."""
LONGEST_CREDITOR: Final = 21
"""Characters of a creditor reference after RF and its check digits (ISO 11649)."""
SWISS: Final = ("CH", "LI")
_FIRST_QR_BANK, _LAST_QR_BANK = 30_000, 31_999
_OTHER: Final = re.compile(r"[^0-9A-Z]")


def plain(number: str) -> str:
    """Write a document's number in capitals and digits alone."""
    return _OTHER.sub("", number.upper())


def digits(number: str) -> str:
    """Write a document's number in digits alone: a letter is two of them, A is 10, as ISO 7064 counts."""
    return "".join(str(int(one, 36)) for one in plain(number))


def qr_reference(number: str) -> str:
    """Give the QR reference of a document, empty where its number is too long for one."""
    own = digits(number)
    if not own or len(own) >= QR_DIGITS:
        return ""
    filled = own.zfill(QR_DIGITS - 1)
    return filled + str(esr.calc_check_digit(filled))


def creditor_reference(number: str) -> str:
    """Give the creditor reference (RF...) of a document, empty where its number is too long for one."""
    own = plain(number)
    if not own or len(own) > LONGEST_CREDITOR:
        return ""
    return f"RF{mod_97_10.calc_check_digits(own + 'RF')}{own}"


def is_qr_iban(iban: str) -> bool:
    """Tell whether an IBAN is for QR references: of a Swiss bank's own range, IID 30000 to 31999."""
    own = ibans.compact(iban)
    if not (own.startswith(SWISS) and ibans.is_valid(own)):
        return False
    return _FIRST_QR_BANK <= int(own[4:9]) <= _LAST_QR_BANK


def check_iban(field: str, iban: str) -> str:
    """Give an IBAN in capitals without spaces.

    Raises:
        Invalid: it is none; ``field`` names where it was typed.

    """
    own: str = ibans.compact(iban)
    if not ibans.is_valid(own):
        raise Invalid(field, f"{iban} is no IBAN: its length or its check digits are wrong. Type it again.")
    return own
