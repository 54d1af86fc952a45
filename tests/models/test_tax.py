"""Taxes stand in one order, whoever lists them how."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.errors import Invalid
from app.models.tax import Tax, TaxKind, in_order


def test_the_order_is_by_sequence_and_then_by_code():
    first, second, third = Tax("Z", sequence=1), Tax("A", sequence=2), Tax("B", sequence=2)
    assert in_order([third, second, first]) == in_order([first, third, second]) == (first, second, third)


def test_the_members_of_a_group_stand_where_the_group_stands():
    local, state, after = Tax("local", sequence=9), Tax("state", sequence=1), Tax("after", sequence=3)
    group = Tax("sales", kind=TaxKind.GROUP, sequence=2, members=(local, state))
    assert in_order([after, group]) == (state, local, after)


def test_a_tax_cannot_be_on_a_line_twice():
    vat = Tax("VAT", Decimal(20))
    with pytest.raises(Invalid, match="VAT is there twice"):
        in_order([vat, Tax("all", kind=TaxKind.GROUP, members=(vat,))])
