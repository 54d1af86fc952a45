"""Seeded bugs of the services of supply that the supplying machine must catch; see mutants.py."""

from __future__ import annotations

from app.services import (
    arrivals,
    drop_shipping,
    pegs,
    production,
    purchasing,
    receiving,
    transfer_plans,
    transfers,
    work_orders,
    work_plans,
)
from tests.machines.mutants import Mutant

SUPPLY_MUTANTS = (
    Mutant(
        "a receipt is not counted on the purchase, which can be received again",
        receiving,
        "_note",
        "received = line.received + grains",
        "received = line.received",
    ),
    Mutant(
        "a promise to a component is not counted on it",
        arrivals,
        "promise",
        "reserved=row.reserved + grains",
        "reserved=row.reserved",
    ),
    Mutant(
        "a part of a work order takes what its last piece takes",
        production,
        "_taken",
        "work_plans.needs_by_bill(connection, head, before)",
        "work_plans.needs_by_bill(connection, head, 0)",
    ),
    Mutant("scrap takes no components", production, "report", "made + scrapped, consumed))", "made, consumed))"),
    Mutant(
        "what is lost on the way arrives as well",
        transfers,
        "_on_the_way",
        "one.shipped - one.received - one.lost",
        "one.shipped - one.received",
    ),
    Mutant(
        "a transfer that is called off keeps its promise",
        transfer_plans,
        "give_up",
        "back = max(0, line.reserved - left)",
        "back = 0",
    ),
    Mutant("a peg is never served", pegs, "serve", "served = one.served + grains", "served = one.served"),
    Mutant(
        "finished work leaves its components promised",
        work_plans,
        "_shrink_to",
        "back = max(0, one.reserved - max(0, needed - one.consumed))",
        "back = 0",
    ),
    Mutant(
        "a supplier's shipment does not count on the customer's order",
        drop_shipping,
        "ship",
        "line.shipped += grains",
        "line.shipped += 0",
    ),
    Mutant(
        "a cancelled purchase tells nobody",
        purchasing,
        "_end",
        "for one in purchase_lines.of_purchase(tx.connection, head.id):",
        "for one in ():",
    ),
    Mutant(
        "work taken back keeps what was promised to it",
        work_orders,
        "_give_back",
        'tx.update_rows(work_component, [(one.id, {"reserved": 0}) for one in rows if one.reserved])',
        "pass",
    ),
)
