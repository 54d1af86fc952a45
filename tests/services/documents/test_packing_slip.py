"""The packing slip: what is in which package."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.errors import Invalid
from app.services.documents.packing_slip import PackedPackage, build
from tests.services.documents.examples import SSCC, goods, papers
from tests.services.documents.reading import pages, text


def test_each_package_says_its_marks_and_its_contents():
    found = text(build(papers(2)["packing_slip"]))
    for said in ("Packing slip SH-H1-00412", "Package 1 of 2", f"SSCC {SSCC}", "400 × 300 × 200 mm", "4.2\u00a0kg"):
        assert said in found, said
    first, second = found.split("Package 2 of 2")
    assert "#2" in first and "#2" not in second and "#1" in second


def test_a_package_never_stands_at_the_foot_of_a_page_without_its_goods():
    packages = tuple(PackedPackage(number, goods(number % 4 + 1)) for number in range(1, 40))
    for page in pages(build(replace(papers()["packing_slip"], packages=packages))):
        last = page.rindex("Package ") if "Package " in page else 0
        assert "#1" in page[last:] or last == 0


def test_a_wrong_sscc_is_refused():
    with pytest.raises(Invalid):
        build(replace(papers()["packing_slip"], packages=(PackedPackage(1, goods(1), SSCC[:-1] + "0"),)))
