"""The manifest: every package the driver takes is on it, once, with room to sign."""

from __future__ import annotations

from dataclasses import replace

from app.services.documents.manifest import build
from tests.services.documents.examples import papers
from tests.services.documents.reading import pages, symbols, text

MANIFEST = papers(45)["manifest"]


def test_every_package_stands_on_it_once_and_its_number_can_be_scanned():
    pdf = build(MANIFEST)
    said = text(pdf)
    for line in MANIFEST.lines:
        assert said.count(line.tracking_number) == 1
    assert len(pages(pdf)) > 1
    assert "MAN-H1-00017" in [each.text for each in symbols(pdf, 203)]
    for wanted in ("Manifest MAN-H1-00017", "Nordpaket", "45", "189.0\u00a0kg", "NP-2026-330", "Name, signature"):
        assert wanted in said, wanted


def test_it_speaks_german():
    said = text(build(replace(MANIFEST, language="de")))
    assert "Ladeliste MAN-H1-00017" in said
    assert "Frachtführers" in said
