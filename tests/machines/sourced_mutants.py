"""Seeded bugs in the sourcing of orders that the sourced machine must catch; see mutants.py."""

from __future__ import annotations

from app.services import calling_back, drop_shipping, orders, rebalancing, shipping, sourcing
from tests.machines.mutants import Mutant

SOURCED_MUTANTS = (
    Mutant(
        "a way chosen by hand leaves what was arranged before",
        sourcing,
        "choose_way",
        "call_off.lower(tx, line_id, sum(one.open for one in sources))",
        "pass",
    ),
    Mutant(
        "what came in for a line stays its own when the line wants less",
        sourcing,
        "_call_off",
        "pegs.forget(tx, line.id, pegged - line.ordered - line.returned_open)",
        "pass",
    ),
    Mutant(
        "a line that wants less keeps all that is on its way to it",
        sourcing,
        "_call_off",
        "if excess > 0:",
        "if False:",
    ),
    Mutant(
        "pieces shared out anew stay with who had them",
        rebalancing,
        "_shift",
        "book.shift(line, place, reserved=taken)",
        "pass",
    ),
    Mutant("a cancelled order still wants its goods", orders, "cancel", "line.cancelled = line.ordered", "pass"),
    Mutant(
        "goods called back stay shipped",
        calling_back,
        "call_back",
        "line.shipped -= row.shipped",
        "pass",
    ),
    Mutant(
        "what a supplier sent beyond the order is not in the books of stock",
        drop_shipping,
        "ship",
        "(grains - asked, BEYOND)",
        "(0, BEYOND)",
    ),
    Mutant(
        "what left another warehouse is to leave from there again",
        shipping,
        "_take",
        "book.leave(line, head.location_id, quantity)",
        "pass",
    ),
)
