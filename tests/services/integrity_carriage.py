"""Damage to packages on pallets, and to the labels of packages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.models.carrier import label_purchase
from app.models.shipment import package
from app.services.integrity import Rule
from tests.services.integrity_cases import Case, Ids, change, row_of

_others = label_purchase.alias("others")


def _other_box(ids: Ids) -> Any:
    """The package of another label."""
    return select(_others.c.package_id).where(_others.c.id == ids["other label"]).scalar_subquery()


def _box(position: int) -> Any:
    return lambda ids: (package.c.shipment_id == ids["packed"]) & (package.c.position == position)


def _first_box(ids: Ids) -> Any:
    return select(package.c.id).where(_box(1)(ids)).scalar_subquery()


CARRIAGE = [
    Case(Rule.SHIPMENT_PALLETS, change(package, _box(1), own_g=5)),
    Case(Rule.SHIPMENT_PALLETS, change(package, _box(1), kind="pallet")),
    Case(
        Rule.SHIPMENT_PALLETS,
        change(package, _box(2), parent_id=_first_box),
        also=(Rule.SHIPMENT_PALLETS, Rule.SHIPMENT_PACKAGES),  # both boxes are named
    ),
    Case(Rule.LABEL, change(label_purchase, row_of(label_purchase, "label"), tracking_number="MR0")),
    Case(Rule.LABEL, change(label_purchase, row_of(label_purchase, "label"), package_id=_other_box, attempt=9)),
]
