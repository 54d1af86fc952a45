"""What holds for every paper, whatever is on it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.platypus.paraparser import ParaParser

from app.services.documents import PAPERS
from tests.services.documents.examples import papers
from tests.services.documents.reading import complaints, fonts, pages, squeezed, text

NASTY = (
    "<b>bold</b>",
    "<b>never closed",
    "</para></font>",
    '<a href="http://evil.example/">pay here</a>',
    "<img src='file:///etc/passwd'/>",
    "&amp; &lt;b&gt; &#65; &nope;",
    "<para alignment=right>x</para>",
    "<![CDATA[x]]> ]]>",
    "<br/><onDraw name='x'/>",
    "(un)balanced ) \\( \\n \\u0041 %% >> stream endobj",
    "{number} %s %(x)s ${x} {0}",
    "BT /F1 12 Tf (x) Tj ET",
)
KEPT_AS_THEY_ARE = {"sscc", "language", "payment_code", "code"}  # not typed by people in this form

NOT_PRINTED = {  # letters do not say the customer's phone, a label is for drivers, a pick list stays in the house
    "shipping_label": {"number", "vat_number"},
    "pick_list": {"address", "contact", "bank", "vat_number", "registration"},
    "manifest": {"contact", "bank", "vat_number", "registration"},
    "work_order": {"contact", "bank", "vat_number", "registration"},
}


def told(value: Any, say: Callable[[str], str], name: str = "") -> Any:
    """The same snapshot with other texts in every field that a person can fill."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return value if name in KEPT_AS_THEY_ARE else say(name)
    if isinstance(value, tuple):
        return tuple(told(each, say, name) for each in value)
    if is_dataclass(value):
        changed = {field.name: told(getattr(value, field.name), say, field.name) for field in fields(value)}
        return replace(value, **changed)
    return value


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("count", [0, 1, 60])
def test_every_paper_prints_with_any_number_of_lines(name, count):
    pdf = PAPERS[name](papers(count)[name])
    assert complaints(pdf) == []
    assert text(pdf).strip()


@pytest.mark.parametrize("name", PAPERS)
def test_every_font_is_in_the_file(name):
    found = list(fonts(PAPERS[name](papers()[name])))
    assert found
    for font, is_embedded in found:
        assert is_embedded, font
        assert "+Inter-" in font, font


@pytest.mark.parametrize("name", PAPERS)
def test_what_looks_like_markup_is_printed_letter_by_letter(name):
    for nasty in NASTY:
        found = squeezed(text(PAPERS[name](told(papers(1)[name], lambda _, nasty=nasty: nasty))))
        assert squeezed(nasty) in found
        # each field once, none of them read: the least number of fields any paper has
        assert found.count(squeezed(nasty)) >= 8


def test_no_markup_is_read_on_the_way(monkeypatch):
    def refuse(*_):
        raise AssertionError("a text of a paper was given to a reader of markup")

    monkeypatch.setattr(ParaParser, "parse", refuse)
    for name, build in PAPERS.items():
        assert build(told(papers(1)[name], lambda _: "<b>x</b>")).startswith(b"%PDF-")


def digest() -> str:
    """One number for the bytes of all papers."""
    whole = hashlib.sha256()
    for name, build in PAPERS.items():
        whole.update(build(papers(12)[name]))
        whole.update(build(told(papers(1)[name], lambda field: f"{field} 東京 مرحبا नमस्ते 🎁")))
    return whole.hexdigest()


def test_the_same_snapshots_give_the_same_bytes_in_every_process():
    here = digest()
    assert digest() == here, "what was printed before has no effect"
    code = "from tests.services.documents.test_registry import digest; print(digest())"
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Pacific/Auckland", "LC_ALL": "C"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == here


def test_papers_printed_at_the_same_time_do_not_disturb_one_another():
    wanted = {name: build(papers()[name]) for name, build in PAPERS.items()}
    with ThreadPoolExecutor(4) as pool:
        for name, pdf in pool.map(lambda name: (name, PAPERS[name](papers()[name])), list(PAPERS) * 6):
            assert pdf == wanted[name], name


SPOKEN = st.text(
    st.characters(max_codepoint=0x58F, exclude_categories=("Cc", "Cf", "Cs", "Cn"))
    | st.sampled_from("東京深圳市한국어、。<>&;/'\"%\\{}()"),
    min_size=1,
    max_size=50,
)
ANYTHING = st.text(st.characters(), max_size=70)


@settings(max_examples=6)
@given(said=SPOKEN)
@pytest.mark.parametrize("name", PAPERS)
def test_no_character_of_any_field_is_lost(name, said):
    found = squeezed(text(PAPERS[name](told(papers(1)[name], lambda _: said))))
    assert squeezed(said) in found


@settings(max_examples=12)
@given(said=st.lists(ANYTHING, min_size=1, max_size=5))
@pytest.mark.parametrize("name", PAPERS)
def test_no_text_at_all_stops_a_paper(name, said):
    turn = iter(range(10_000))
    pdf = PAPERS[name](told(papers(1)[name], lambda _: said[next(turn) % len(said)]))
    assert pdf.startswith(b"%PDF-")
    assert complaints(pdf) == []
    assert PAPERS[name](told(papers(1)[name], lambda _: said[0])) == PAPERS[name](
        told(papers(1)[name], lambda _: said[0])
    )


@pytest.mark.parametrize("name", PAPERS)
def test_five_thousand_characters_in_every_field_are_all_printed(name):
    """The field is marked, so that its text can be told from that of others; pages in between may break in."""
    marks = {}

    def say(field: str) -> str:
        marks.setdefault(field, f"{len(marks):02d}")
        return " ".join(f"{marks[field]}w{number:04d}" for number in range(625))

    pdf = PAPERS[name](told(papers(1)[name], say))
    words = set(text(pdf).split())
    printed = {field: sum(f"{mark}w{number:04d}" in words for number in range(625)) for field, mark in marks.items()}
    assert {field for field, count in printed.items() if count == 0} == NOT_PRINTED.get(name, {"phone"})
    assert {field: count for field, count in printed.items() if 0 < count < 625} == {}


@pytest.mark.parametrize("name", PAPERS)
def test_one_word_of_a_thousand_letters_is_cut_into_lines_not_off(name):
    letters = "".join(chr(ord("a") + index % 26) for index in range(1000))
    found = squeezed(text(PAPERS[name](told(papers(1)[name], lambda _: letters))))
    assert found.count("z") >= 38 * 8
    assert letters[:40] in found


@pytest.mark.parametrize("name", sorted(set(PAPERS) - {"shipping_label"}))
def test_every_page_says_which_of_how_many_it_is(name):
    found = pages(PAPERS[name](papers(90)[name]))
    assert len(found) > 3
    for number, page in enumerate(found, start=1):
        assert f"Page {number} of {len(found)}" in page
