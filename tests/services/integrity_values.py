"""Damage to what stock is worth, done to the rows as somebody with a database tool could."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from app.models.log import command_log
from app.models.stock import stock_level
from app.models.valuation import stock_layer, value_entry
from app.services.integrity import Rule
from tests.desk import START
from tests.services.integrity_cases import Case, Ids, add, change, command_of, key_of


def _third(connection: Connection, _: Ids) -> str:
    return str(connection.execute(select(command_log.c.id).where(command_log.c.sequence == 3)).scalar_one())


def _at_the_branch(ids: Ids) -> Any:
    return (stock_level.c.product_id == ids["frame"]) & (stock_level.c.location_id == ids["branch"])


def _entry(**values: Any) -> Any:
    return add(
        value_entry,
        **{
            "command_id": command_of,
            "product_id": lambda ids: ids["frame"],
            "location_id": lambda ids: ids["branch"],
            "direct": True,
            "quantity": 0,
            "value": Decimal(500),
            "cost": "",
            "counted_at": START,
            "at": START,
            **values,
        },
    )


VALUED: list[Case] = [
    Case(
        Rule.STOCK_VALUE,
        change(stock_level, _at_the_branch, value=stock_level.c.value + Decimal("0.01")),
        key_of("frame"),
    ),
    Case(Rule.STOCK_VALUE, change(stock_level, _at_the_branch, cost="1/3"), key_of("frame")),
    Case(Rule.STOCK_VALUE, change(stock_level, _at_the_branch, costing=""), key_of("frame")),
    Case(
        Rule.STOCK_LAYERS,
        change(stock_layer, lambda ids: stock_layer.c.product_id == ids["bolt"], quantity=stock_layer.c.quantity + 1),
    ),
    Case(
        Rule.STOCK_LAYERS,
        change(stock_layer, lambda ids: stock_layer.c.product_id == ids["bolt"], location_id=lambda ids: ids["branch"]),
        key_of("bolt"),
    ),
    Case(Rule.VALUE_JOURNAL, _entry(place="customer"), _third, also=(Rule.LEDGER_ROW,)),
    Case(
        Rule.VALUE_UNDER_WAY,
        _entry(place="transit", line_id=lambda ids: ids["moved line"]),
        key_of("moved line"),
        also=(Rule.LEDGER_ROW,),
    ),
]
