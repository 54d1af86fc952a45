"""Carriage: one label and one tracking number for each package."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection

from app.services.integrity.damage import Damage, Query, Rule, Steps

_NUMBER: Final = """
    SELECT l.id AS key, s.number, l.tracking_number AS bought, p.tracking_number AS stored
      FROM label_purchase l JOIN package p ON p.id = l.package_id JOIN shipment s ON s.id = l.shipment_id
     WHERE l.state IN ('done', 'voiding') AND (p.tracking_number <> l.tracking_number OR l.tracking_number = '')
"""

_TWICE: Final = """
    SELECT l.id AS key, s.number, l.carrier
      FROM label_purchase l JOIN shipment s ON s.id = l.shipment_id
     WHERE l.state <> 'void' AND EXISTS (
           SELECT 1 FROM label_purchase o
            WHERE o.package_id = l.package_id AND o.state <> 'void' AND o.attempt < l.attempt)
"""

LABELS: Final = (
    Query(
        Rule.LABEL,
        "label_purchase",
        _NUMBER,
        "{number}: label {bought} was bought for a package that bears the number {stored}.",
    ),
    Query(
        Rule.LABEL,
        "label_purchase",
        _TWICE,
        "{number}: a package has two labels of {carrier}.",
    ),
)


def labels(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check the bought labels against the packages they are for."""
    for query in LABELS:
        yield from query.find(connection, steps)
