"""Lines end where a reader expects it, and no character is lost at their ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.documents.line_breaking import clusters, words


def pieces(text: str) -> list[str]:
    return [text[word.start : word.spaces_end] for word in words(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one two  three ", ["one ", "two  ", "three "]),
        ("  led by spaces", ["  ", "led ", "by ", "spaces"]),
        ("Rhein-Main-Kabel", ["Rhein-", "Main-", "Kabel"]),
        ("A-10 -5 1/2", ["A-10 ", "-5 ", "1/2"]),
        ("100\u00a0kg", ["100\u00a0kg"]),
        ("深圳市、福田", ["深", "圳", "市、", "福", "田"]),
        ("「東京」へ", ["「東", "京」", "へ"]),
    ],
)
def test_lines_may_end_after_spaces_and_hyphens_and_between_ideographs(text, expected):
    assert pieces(text) == expected


@given(st.text(max_size=80))
def test_words_and_clusters_together_are_the_text(text):
    assert "".join(pieces(text)) == text
    assert "".join(clusters(text)) == text


def test_what_a_reader_takes_for_one_character_stays_together():
    assert list(clusters("e\u0301👩\u200d👩\u200d👧🇩🇪🇫🇷👍🏽a")) == [
        "e\u0301",
        "👩\u200d👩\u200d👧",
        "🇩🇪",
        "🇫🇷",
        "👍🏽",
        "a",
    ]
