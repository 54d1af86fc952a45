"""Damage to the labels of packages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.models.carrier import label_purchase
from app.services.integrity import Rule
from tests.services.integrity_cases import Case, Ids, change, row_of

_others = label_purchase.alias("others")


def _other_box(ids: Ids) -> Any:
    """The package of another label."""
    return select(_others.c.package_id).where(_others.c.id == ids["other label"]).scalar_subquery()


CARRIAGE = [
    Case(Rule.LABEL, change(label_purchase, row_of(label_purchase, "label"), tracking_number="MR0")),
    Case(Rule.LABEL, change(label_purchase, row_of(label_purchase, "label"), package_id=_other_box, attempt=9)),
]
