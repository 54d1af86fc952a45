"""Any text a person can type or paste becomes one that can be printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.documents.printable import one_line, printable


@pytest.mark.parametrize(
    ("pasted", "printed"),
    [
        (
            "one\r\ntwo\rthree\vfour\ffive\x85six\u2028seven\u2029eight",
            "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight",
        ),
        ("a\tb", "a    b"),
        ("bell\x07, escape\x1b[31m, null\x00, delete\x7f, C1\x9b", "bell, escape[31m, null, delete, C1"),
        ("half \ud83d and \udc00", "half \ufffd and \ufffd"),
        ("invoice\u202efdp.exe\u202c \u2066x\u2069", "invoicefdp.exe x"),
        ("<b>&amp;</b> ]]> <para>", "<b>&amp;</b> ]]> <para>"),
        ("مرحبا \u200f 日本 🎁 e\u0301", "مرحبا \u200f 日本 🎁 e\u0301"),
    ],
)
def test_line_ends_become_one_kind_and_what_is_no_character_goes(pasted, printed):
    assert printable(pasted) == printed


@given(st.text(st.characters(), max_size=60))
def test_what_is_printable_can_be_written_in_any_encoding_and_is_left_alone(pasted):
    once = printable(pasted)
    once.encode("utf-16")
    assert printable(once) == once
    assert "\n" not in one_line(pasted)
