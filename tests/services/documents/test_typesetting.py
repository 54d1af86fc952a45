"""Text is broken into lines that fit, keeps every character, and looks like the language it is in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.services.documents.line_breaking import clusters
from app.services.documents.printable import printable
from app.services.documents.shaping import Figures
from app.services.documents.typesetting import Style, TextLine, set_text, text_width

STYLE = Style(9, 12)
# Without letters that run to the left, whose lines are not in the order of the text.
RIGHTWARD = st.text(
    st.characters(exclude_categories=("Cs",), max_codepoint=0x58F) | st.sampled_from("東京、नमस्ते🎁 "), max_size=120
)


def read(line: TextLine) -> str:
    return "".join(glyph.text for part in line.segments for glyph in part.glyphs)


def test_lines_are_no_wider_than_the_column_however_long_a_word_is():
    text = f"A{'donaudampfschifffahrt' * 12} and short words, 深圳市{'华' * 60} {'مرحبا' * 40}"
    for width in (30.0, 80.0, 300.0):
        assert all(line.width <= width + 0.6 for line in set_text(text, STYLE, width))


@given(RIGHTWARD, st.sampled_from([12.0, 60.0, 200.0]))
def test_nothing_but_spaces_at_line_ends_is_lost(text, width):
    lines = set_text(text, STYLE, width)
    assert "".join("".join(map(read, lines)).split()) == "".join(printable(text).split())


@given(st.text(st.characters(), max_size=80))
def test_any_unicode_can_be_set_and_at_least_one_character_stands_on_a_line(text):
    lines = set_text(text, STYLE, 1.0)
    assert len(lines) <= max(1, sum(1 for _ in clusters(printable(text)))) + printable(text).count("\n") * 2


def test_figures_of_a_column_are_equally_wide():
    column = Style(9, 12, figures=Figures.TABULAR)
    assert len({round(text_width(figure * 4, column), 3) for figure in "0123456789"}) == 1
    assert text_width("1111", Style(9, 12)) < text_width("0000", Style(9, 12))


def test_what_was_typed_is_not_beautified():
    (line,) = set_text("2x4 -> <= 10:30", STYLE, 500)
    assert [len(glyph.text) for part in line.segments for glyph in part.glyphs] == [1] * len("2x4 -> <= 10:30")
    numbers = [glyph.number for part in line.segments for glyph in part.glyphs]
    (plain,) = set_text("x - > 2 4", STYLE, 500)
    known = {glyph.text: glyph.number for part in plain.segments for glyph in part.glyphs}
    assert numbers[1] == known["x"], "the x between figures stays the letter"
    assert numbers[4:6] == [known["-"], known[">"]], "hyphen and bracket stay two characters"


def test_arabic_is_joined_and_runs_to_the_left():
    (line,) = set_text("بب ب", STYLE, 500)
    shapes = [glyph.number for part in line.segments for glyph in part.glyphs]
    assert len(set(shapes)) == 4, "beginning, end, space and alone look different"
    (mixed,) = set_text("قطعة 25", STYLE, 500)
    assert read(mixed).startswith("25"), "the line begins at its right end"


def test_marks_and_vowels_of_devanagari_go_where_they_belong():
    (line,) = set_text("कि", STYLE, 500)
    first, second = (glyph for part in line.segments for glyph in part.glyphs)
    assert first.text == "कि" and second.text == "", "the vowel sign stands before its consonant, both are one"
