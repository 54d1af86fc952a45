"""Computes what stock is worth, and its layers, anew from the value ledger."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.models.base import AMOUNT
from app.models.rounding import scaled
from app.models.stock import stock_level
from app.models.valuation import stock_layer, value_entry
from app.services import stock_ledger, value_entries
from app.services.integrity.damage import read
from app.services.integrity.valuation import FOLDED_LAYERS, WRONG_WORTH
from app.services.transaction import Transaction


def rebuild(tx: Transaction) -> int:
    """Put right what does not agree with the value ledger, and say how many levels and layers were wrong."""
    return _rebuild_levels(tx) + _rebuild_layers(tx)


def _rebuild_levels(tx: Transaction) -> int:
    rows = list(read(tx.connection, WRONG_WORTH))
    for row in rows:
        product_id, location_id = _uuid(row.product_id), _uuid(row.location_id)
        stock_ledger.lock_levels(tx, location_id, [product_id])
        values: dict[str, Any] = {"place": location_id, "product": product_id}
        values |= {"new_costing": row.costing, "new_value": scaled(row.value, AMOUNT), "new_cost": row.cost}
        tx.change_projection(stock_level, value_entries.SET_WORTH, [values])
    return len(rows)


def _rebuild_layers(tx: Transaction) -> int:
    rows = list(read(tx.connection, FOLDED_LAYERS))
    for row in rows:
        layer = _uuid(row.id)
        tx.change_projection(stock_layer, value_entries.DELETE_LAYER, [{"layer": layer}])
        if row.quantity:
            tx.change_projection(stock_layer, value_entries.ADD_LAYER, [_layer(tx, layer, row)])
    return len(rows)


def _layer(tx: Transaction, layer: UUID, row: Any) -> dict[str, Any]:
    """Give a layer as its entries say: the last one that says a cost says it."""
    known = value_entry.c
    entries = tx.execute(select(value_entry).where(known.receipt_id == layer).order_by(known.id)).all()
    receipt = next(one for one in entries if one.id == layer)
    return {
        "layer": layer,
        "product": receipt.product_id,
        "place": receipt.location_id,
        "new_since": receipt.counted_at,
        "new_quantity": int(row.quantity),
        "new_value": scaled(row.value, AMOUNT),
        "new_cost": next(one.cost for one in reversed(entries) if one.cost),
    }


def _uuid(stored: Any) -> UUID:
    return stored if isinstance(stored, UUID) else UUID(bytes=stored)
