"""What people type can be read on a label and never commands the printer."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.errors import Invalid
from app.services.documents.zpl import Resolution, ZplLabel, hexed, one_line
from tests.services.documents.label_printer import commands, texts

NASTY = ["^XZ^XA^FDowned^FS", "~JR", "_5E_58_5A", "\\&", "^FH\\^CI0", "~DGR:A.GRF,1,1,00", ",;>:", "^", "~", "_", "\\"]


@given(st.one_of(st.text(), st.lists(st.sampled_from(NASTY)).map("".join)))
@example("Bäckerei «Ω» 东京 ½ 😀")
@example("_" * 20)
def test_any_text_arrives_as_it_is_and_as_nothing_else(text):
    label, plain = ZplLabel(1000, 500), ZplLabel(1000, 500)
    label.text(10, 10, 30, text)
    plain.text(10, 10, 30, "x")
    written = label.written().encode("ascii")
    wanted = one_line(text)
    assert texts(written) == ([wanted] if wanted else [])
    if wanted and max(wanted) < "\u0250":
        assert commands(written) == commands(plain.written().encode("ascii"))
    assert "~" not in written.decode("ascii")
    assert written.count(b"^XA") == written.count(b"^XZ") == 1


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_qr_symbol_holds_any_text(text):
    label = ZplLabel(1000, 500)
    label.qr(10, 10, text)
    assert texts(label.written().encode("ascii")) == [f"MA,{text}"]


def test_half_a_character_is_refused():
    with pytest.raises(Invalid):
        hexed("\ud800")


def test_places_are_whole_dots_of_the_print_head():
    for resolution, left in ((Resolution.DPI_203, 28), (Resolution.DPI_300, 42)):
        label = ZplLabel(1000, 1500, resolution)
        label.text(35, 0, 30, "A")
        assert f"^FO{left},0" in label.written()
        assert f"^PW{1000 * resolution.per_mm // 10}" in label.written()


def test_bars_that_would_be_too_thin_are_not_drawn():
    label = ZplLabel(500, 300)
    assert label.code_128(10, 100, "A" * 12)
    assert not label.code_128(10, 100, "A" * 40)
    assert not label.code_128(10, 100, "naïve")
    assert not label.code_128(10, 100, "A>;B")
