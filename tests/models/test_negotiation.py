"""Two versions of an offer side by side: what a buyer and a seller would mark with a pen."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from uuid import UUID

from app.models.negotiation import LineChange, difference, version_of

PUMP, HOSE, VALVE = (UUID(int=number) for number in (1, 2, 3))


def line(line_id: UUID, position: int, **changed):
    plain = {
        "id": line_id.hex,
        "position": position,
        "kind": "product",
        "sku": "P",
        "name": "Pump",
        "description": "",
        "quantity": "10.000000",
        "unit": "unit",
        "unit_price": "18.400000",
        "discount_percent": "0",
        "tax_codes": "V21",
        "amount": "184.0000",
    }
    return {**plain, **changed}


def version(*lines, **terms):
    head = {"payment_term": "30D", "valid_until": "2026-12-01", "untaxed": "184.00", "total": "222.64", **terms}
    return version_of(json.dumps({"quote": head, "lines": lines, "taxes": []}))


def test_a_price_quantity_and_day_that_changed_are_told_with_both_values():
    before = version(line(PUMP, 1), line(HOSE, 2))
    cheaper = line(PUMP, 1, unit_price="17.50", quantity="12", amount="210", requested_on="2026-12-09")
    after = version(cheaper, line(HOSE, 2), total="300.00")
    found = difference(before, after)
    pump, hose = found.lines
    assert [(one.what, one.before, one.after) for one in pump.changes] == [
        ("quantity", 10, 12),
        ("unit_price", Decimal("18.4"), Decimal("17.5")),
        ("requested_on", None, date(2026, 12, 9)),
        ("amount", 184, 210),
    ]
    assert (pump.kind, hose.kind) == (LineChange.CHANGED, LineChange.SAME)
    assert (found.before_total, found.after_total) == (Decimal("222.64"), 300)


def test_a_line_taken_out_stands_where_it_stood_and_a_new_one_where_it_is():
    before = version(line(PUMP, 1), line(HOSE, 2))
    after = version(line(VALVE, 1), line(PUMP, 2))
    kinds = [pair.kind for pair in difference(before, after).lines]
    assert kinds == [LineChange.ADDED, LineChange.SAME, LineChange.REMOVED]
    top = difference(before, version(line(HOSE, 1))).lines
    assert [pair.kind for pair in top] == [LineChange.REMOVED, LineChange.SAME]


def test_trailing_zeros_are_no_difference_and_terms_are_told():
    same = difference(version(line(PUMP, 1)), version(line(PUMP, 1, unit_price="18.4")))
    assert same.is_none
    found = difference(version(), version(payment_term="60D", valid_until="2027-01-01"))
    assert [(one.what, one.after) for one in found.terms] == [
        ("payment_term", "60D"),
        ("valid_until", date(2027, 1, 1)),
    ]
