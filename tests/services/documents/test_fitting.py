"""Fields of fixed size: smaller type first, then word that more is to come."""

from __future__ import annotations

from app.services.documents.fitting import fitted, shortened
from app.services.documents.typesetting import Style, set_text

LARGE, SMALL = Style(12, 16), Style(6, 8)


def test_a_text_is_set_as_large_as_its_field_allows():
    for text, style in (("short", LARGE), ("not quite so short, in fact", SMALL)):
        pieces, is_whole = fitted([text], (LARGE, SMALL), 100, 16.1)
        assert is_whole
        assert {line.style for line in pieces} == {style}


def test_what_does_not_fit_even_in_the_smallest_type_is_reported():
    pieces, is_whole = fitted(["word " * 200], (LARGE, SMALL), 100, 16.1)
    assert not is_whole
    assert len(pieces) == 2


def test_a_repeated_text_is_shortened_to_one_line():
    assert shortened("fits", LARGE, 100) == set_text("fits", LARGE, 100)[0]
    for long in ("a name that is too long for its line", "x" * 50_000, "two\nlines of it that are long"):
        line = shortened(long, LARGE, 100)
        assert line.width <= 100
        assert line.segments[-1].glyphs[-1].text == "…"
