"""MT940 and MT942, the statement of SWIFT, read with the library mt-940."""

from __future__ import annotations

import logging
import re
from datetime import date
from decimal import Decimal
from typing import Any, Final

import mt940
from mt940.options import Options
from mt940.tags import Statement as StatementTag
from mt940.tags import StatementASNB

from app.services.banking.statement import Statement, StatementKind, StatementLine, Unreadable, exact, one_line

NO_REFERENCE: Final = frozenset({"NONREF", "NOTPROVIDED", "N", "NOREF"})
_OPENINGS: Final = ("final_opening_balance", "intermediate_opening_balance", "opening_balance")
_CLOSINGS: Final = ("final_closing_balance", "intermediate_closing_balance", "closing_balance")
_ENDS: Final = re.compile(r"(?m)^-[^\S\n]*$|^-\}.*$")
_PIECE: Final = re.compile(r"\n?[?~](?=\d\d)")

logging.getLogger("mt940").setLevel(logging.CRITICAL)  # what it cannot read is told to the user, not to a log


def read(data: bytes) -> list[Statement]:
    """Read the statements of a file.

    Raises:
        Unreadable: a part of it is not as the format has it; the text says which.

    """
    text = _decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    blocks = [block for block in re.split(r"(?m)^(?=:20:)", text) if block.startswith(":20:")]
    found = [_statement(_ENDS.split(block)[0]) for block in blocks]
    if not found:
        raise Unreadable("This MT940 file holds no statement: none begins with :20:.")
    named = [one for one in found if one.account or one.lines]
    if not named:
        raise Unreadable("This MT940 file names no account.")
    return named


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _statement(block: str) -> Statement:
    parsed = _parsed(block)
    facts = parsed.data
    opening = next((facts[name] for name in _OPENINGS if facts.get(name)), None)
    closing = next((facts[name] for name in _CLOSINGS if facts.get(name)), None)
    lines = tuple(_line(one.data) for one in parsed.transactions if one.data.get("amount") is not None)
    currency = opening.amount.currency if opening else ""
    if not currency and parsed.transactions:
        currency = next((str(one.data.get("currency") or "") for one in parsed.transactions), "")
    return Statement(
        StatementKind.STATEMENT if opening and closing else StatementKind.REPORT,
        (facts.get("account_identification") or "").strip(),
        currency or "",
        one_line((facts.get("statement_number"), facts.get("sequence_number"))),
        _balance(opening),
        _balance(closing),
        lines,
    )


def _parsed(block: str) -> Any:
    """Read one statement as the standard has it; where that fails, as Dutch banks write its lines."""
    options = Options(applicant_iban=True, reversal_sign=True)
    problem: Exception | None = None
    for tag in (StatementTag(), StatementASNB()):
        parsed = mt940.models.Transactions(tags={StatementTag.id: tag}, options=options)
        parsed.processors = {
            name: [one for one in steps if getattr(one, "__name__", "") != "transaction_details_post_processor"]
            for name, steps in parsed.processors.items()
        }
        try:
            parsed.parse(block)
        except (RuntimeError, ValueError, ArithmeticError, KeyError, TypeError) as error:
            problem = error
        else:
            return parsed
    first = str(problem).partition(" from ")[2].partition("\\n")[0].strip("'\" ,")[:60]
    raise Unreadable(f"This MT940 file has a line that cannot be read{f': {first}' if first else ''}.") from problem


def _balance(found: Any) -> Decimal | None:
    return exact(str(found.amount.amount), "A balance") if found else None


def _line(facts: dict[str, Any]) -> StatementLine:
    value_on = date(facts["date"].year, facts["date"].month, facts["date"].day)
    entry = facts.get("guessed_entry_date") or facts.get("entry_date")
    booked_on = date(entry.year, entry.month, entry.day) if entry else value_on
    details = _details(facts.get("transaction_details") or "", facts)
    reference = one_line((facts.get("customer_reference"),))
    bank_reference = one_line((facts.get("bank_reference"),))
    return StatementLine(
        booked_on,
        value_on,
        exact(str(facts["amount"].amount), "An amount"),
        details["name"],
        details["account"].replace(" ", ""),
        details["reference"] or ("" if reference in NO_REFERENCE else reference),
        details["text"],
        "" if bank_reference in NO_REFERENCE else bank_reference,
    )


def _details(text: str, facts: dict[str, Any]) -> dict[str, str]:
    """Take :86: apart: German banks number its parts ?20 to ?63, others write free text or /NAME/ fields.

    The parts are those of the German banking industry's description of MT940 ("Anlage 3 des DFÜ-Abkommens").
    A number that is cut at the end of a part is found again by its reader, which tries parts joined.
    """
    pieces = _PIECE.split(text)
    if len(pieces) < 2:
        flat = one_line((text.replace("\n", " "), facts.get("extra_details"), facts.get("non_swift_text")))
        fields = dict(re.findall(r"/(NAME|IBAN|EREF|REMI|CSID)/([^/]*(?:/(?!\w{3,4}/)[^/]*)*)", flat))
        return {
            "name": one_line((fields.get("NAME"),)),
            "account": one_line((fields.get("IBAN"),)),
            "reference": _given(fields.get("EREF", "")),
            "text": flat,
        }
    parts = [(piece[:2], piece[2:].replace("\n", "")) for piece in pieces[1:]]
    remittance = [words for code, words in parts if "20" <= code <= "29" or "60" <= code <= "63"]
    flat = "".join(words if len(words) >= 27 else f"{words} " for words in remittance)
    labelled = re.split(r"(?:^|(?<=\s)|(?<=[^A-Z]))(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC)\+", flat)
    fields = dict(zip(labelled[1::2], labelled[2::2], strict=True))
    return {
        "name": one_line(words for code, words in parts if code in {"32", "33"}),
        "account": one_line((next((words for code, words in parts if code == "31"), fields.get("IBAN")),)),
        "reference": _given(fields.get("EREF", "")),
        "text": one_line((labelled[0], fields.get("SVWZ"), fields.get("EREF"), facts.get("extra_details"))),
    }


def _given(reference: str) -> str:
    found = one_line((reference,))
    return "" if found.upper() in NO_REFERENCE else found
