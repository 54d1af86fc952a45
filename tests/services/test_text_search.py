"""Finding what the user typed, in any case and without wildcards of its own."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, MetaData, String, Table, select

from app.services.text_search import begins, contains

NAMES = ("Rabatt 50% auf Öl", "50 Dichtungen", "A_1 Ventil", "AB1 Ventil", "Pfad\\Ablage")
words = Table("found_words", MetaData(), Column("name", String))


@pytest.fixture
def find(database):
    """Gives the names that a condition lets through, on either database."""
    with database.engine.begin() as connection:
        words.create(connection)
        connection.execute(words.insert(), [{"name": one} for one in NAMES])
        yield lambda condition, text: sorted(
            connection.scalars(select(words.c.name).where(condition((words.c.name,), text, connection.dialect.name)))
        )


def test_percent_underscore_and_backslash_are_characters_like_any_other(find):
    assert find(contains, "50%") == ["Rabatt 50% auf Öl"]
    assert find(contains, "%") == ["Rabatt 50% auf Öl"]
    assert find(contains, "d\\a") == ["Pfad\\Ablage"]
    assert find(begins, "a_1") == ["A_1 Ventil"], "an underscore stands for no other letter"
    assert find(begins, "_") == []


def test_case_does_not_matter_not_even_of_an_umlaut(find):
    assert find(contains, "öl") == find(contains, "ÖL") == ["Rabatt 50% auf Öl"]
    assert find(begins, "ventil") == [] and len(find(contains, "VENTIL")) == 2
