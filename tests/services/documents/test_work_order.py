"""The paper of a work order: what to take from where, what to do when, and room to note what came of it."""

from __future__ import annotations

from dataclasses import replace

from app.services.documents.work_order import build
from tests.services.documents.examples import papers
from tests.services.documents.reading import pages, symbols, text

WORK = papers(45)["work_order"]


def test_components_and_steps_stand_on_it_and_its_number_can_be_scanned():
    pdf = build(WORK)
    said = text(pdf)
    for line in WORK.parts:
        assert line.sku in said
    for step in WORK.steps:
        assert step.name in said
    assert len(pages(pdf)) > 1
    assert "WO-H1-00007" in [each.text for each in symbols(pdf, 203)]
    for wanted in ("Work order WO-H1-00007", "12 pieces", "Lathe Works", "Deburr all edges.", "Spoilt"):
        assert wanted in said, wanted


def test_without_a_route_none_is_printed_and_it_speaks_dutch():
    said = text(build(replace(WORK, steps=(), language="nl")))
    assert "Werkorder WO-H1-00007" in said
    assert "Routing" not in said
