"""Damage to purchases, work orders, transfers and pegs, done to the rows as somebody with a database tool could."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from app.models.purchase import purchase_line, purchase_order
from app.models.sourcing import peg
from app.models.stock import stock_move
from app.models.transfer import transfer, transfer_line
from app.models.work import work_component, work_order
from app.services.integrity import Rule
from tests.desk import START
from tests.services.integrity_cases import Case, Ids, add, change, command_of, key_of, row_of


def _pegged(name: str) -> Any:
    """The peg of a demand, for ``where``."""
    return lambda ids: peg.c.demand_id == ids[name]


def _peg_key(column: str, name: str) -> Any:
    def key(connection: Connection, ids: Ids) -> str:
        return str(connection.execute(select(peg.c[column]).where(peg.c.demand_id == ids[name])).scalar_one())

    return key


SUPPLY: list[Case] = [
    Case(
        Rule.COMPONENT_MOVES,
        change(work_component, row_of(work_component, "bolts"), consumed=work_component.c.consumed + 1),
    ),
    Case(
        Rule.COMPONENT_MOVES,
        change(work_component, row_of(work_component, "frames"), reserved=work_component.c.reserved - 1),
        also=(Rule.STOCK_PROMISED,),
    ),
    Case(Rule.WORK_MOVES, change(work_order, row_of(work_order, "work"), made=work_order.c.made + 1)),
    Case(
        Rule.TRANSFER_MOVES,
        change(transfer_line, row_of(transfer_line, "moved line"), shipped=transfer_line.c.shipped + 1),
        also=(Rule.TRANSIT, Rule.SUPPLY_STATES),
    ),
    Case(
        Rule.TRANSIT,
        add(
            stock_move,
            command_id=command_of,
            product_id=lambda ids: ids["frame"],
            location_id=lambda ids: ids["branch"],
            source="supplier",
            target="transit",
            quantity=5,
            reason="vanished",
            at=START,
        ),
        key_of("frame"),
        also=(Rule.LEDGER_ROW,),
    ),
    Case(
        Rule.PURCHASE_MOVES,
        change(purchase_line, row_of(purchase_line, "closed line"), received=0, cancelled=purchase_line.c.ordered),
    ),
    Case(
        Rule.PURCHASE_MOVES,
        change(purchase_line, row_of(purchase_line, "drop line"), received=purchase_line.c.received - 1),
    ),
    Case(
        Rule.PURCHASE_TOTAL,
        change(purchase_order, row_of(purchase_order, "purchase"), total=purchase_order.c.total + 1),
    ),
    Case(
        Rule.SUPPLY_STATES,
        change(purchase_order, row_of(purchase_order, "purchase"), state="closed"),
        key_of("bolt line"),
    ),
    Case(Rule.SUPPLY_STATES, change(work_order, row_of(work_order, "called off"), cancelled=0)),
    Case(
        Rule.SUPPLY_STATES,
        change(transfer, row_of(transfer, "transfer"), state="received"),
        key_of("moved line"),
    ),
    Case(Rule.PEG, change(peg, _pegged("made line"), served=peg.c.quantity + 1)),
    Case(
        Rule.PEG_DEMAND,
        change(peg, _pegged("made line"), quantity=peg.c.quantity * 2),
        _peg_key("demand_id", "made line"),
    ),
    Case(Rule.PEG_SUPPLY, change(peg, _pegged("made line"), trouble=""), _peg_key("supply_id", "made line")),
]
