"""What the log holds is written the same for ever: its hashes are computed again over the same text."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from app.models.order import OrderState
from app.services.codec import dumps, plain

KEY = UUID("0192f6a0-7c4e-7b1a-9d3e-0123456789ab")
EVERY_CHARACTER = "".join(chr(n) for n in range(0x11000) if not 0xD800 <= n < 0xE000) + "\U0001f600\U0010ffff"


def test_json_is_written_letter_by_letter_as_the_standard_library_writes_it():
    value = {"text": EVERY_CHARACTER, "": [2**63 - 1, -(2**63), True, None, ("a", []), {}]}
    assert dumps(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def test_a_row_holds_plain_values_and_a_decimal_keeps_its_digits():
    at = datetime(2026, 11, 25, 9, 30, 0, 123456, tzinfo=UTC)
    row = (
        KEY,
        Decimal("1.50"),
        Decimal("0E-10"),
        Decimal(10) ** 30,
        at,
        date(2026, 11, 25),
        b"\x00\xff",
        None,
        True,
        7,
    )
    written = [KEY.hex, "1.50", "0.0000000000", "1" + "0" * 30, 1795599000123456, "2026-11-25", "00ff", None, True, 7]
    assert [plain(value) for value in row] == written
    assert dumps([plain(value) for value in (OrderState.CONFIRMED, "é")]) == '["confirmed","é"]'


@pytest.mark.parametrize("value", [0.5, [1], {"a": 1}, object()])
def test_what_cannot_be_kept_exactly_is_refused(value):
    with pytest.raises(TypeError, match="the log cannot hold"):
        plain(value)
