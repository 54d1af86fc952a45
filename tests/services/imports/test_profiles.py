"""A profile is data that a person can save, read and change; a wrong one is refused in words."""

from __future__ import annotations

import json

import pytest

from app.errors import Invalid, Unavailable
from app.services.imports import profiles
from app.services.imports.detection import Choices
from app.services.imports.fields import Kind
from app.services.imports.mapping import FieldSource, Mapping
from app.services.imports.profiles import Part, Profile, Step
from app.services.imports.rules import Condition, Rule, Then

MINE = Profile(
    "mine",
    "My old shop",
    "Old shop",
    (
        Step(
            Kind.ORDER_HEADERS,
            Part(
                "orders*.csv",
                Mapping(
                    Kind.ORDER_HEADERS,
                    (FieldSource("number", "No", prefix="A-"), FieldSource("currency", constant="EUR")),
                ),
                (Rule("tests", "Not sold", (Condition("", "like", ("test*",), column="Note"),), Then.SET_ASIDE),),
                Choices(encoding="cp1252", header_row=3),
            ),
            Part("lines.csv", Mapping(Kind.ORDER_LINES, (FieldSource("sku", "Code", upper=True),))),
            {"repeated": "last"},
        ),
    ),
)


def test_what_is_saved_reads_back_the_same(tmp_path):
    profiles.save(MINE, tmp_path / "mine.json")
    assert profiles.find(str(tmp_path / "mine.json")) == MINE


@pytest.mark.parametrize("name", ["northwind", "online_retail"])
def test_the_shipped_ones_are_made_of_nothing_a_person_could_not_save(tmp_path, name):
    profile = profiles.find(name)
    profiles.save(profile, tmp_path / f"{name}.json")
    assert profiles.load(tmp_path / f"{name}.json") == profile


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "x"}, "not an import profile"),
        ({"steps": 5}, "not understood"),
        ({"steps": [{"import": "invoices", "file": "f", "fields": {}}]}, "not understood"),
        ({"steps": [{"import": "products", "file": "f", "fields": {"colour": "x"}}]}, "no field “colour”"),
        ({"steps": [{"import": "products", "file": "f", "fields": {}, "lines": {}}]}, "Only orders"),
        ({"steps": [{"import": "products", "file": "f", "fields": {}, "read": {"colour": "x"}}]}, "may say"),
        ({"steps": [{"import": "products", "file": "f", "fields": {}, "rules": [{"name": "x"}]}]}, "not understood"),
    ],
)
def test_a_profile_that_is_wrong_is_refused(tmp_path, change, words):
    data = json.loads(MINE.to_text()) | change
    (tmp_path / "p.json").write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(Invalid, match=words):
        profiles.load(tmp_path / "p.json")


def test_a_profile_that_is_no_profile_is_refused(tmp_path):
    (tmp_path / "p.json").write_text('{"format": ', encoding="utf-8")
    with pytest.raises(Invalid, match="damaged at line 1"):
        profiles.find(str(tmp_path / "p.json"))
    with pytest.raises(Invalid, match="cannot be read"):
        profiles.find(str(tmp_path / "gone.json"))
    with pytest.raises(Invalid, match="There are: northwind, online_retail"):
        profiles.find("southwind")
    with pytest.raises(Unavailable):
        profiles.save(MINE, tmp_path / "no" / "p.json")
