"""Damage of returns: what was announced, exchanged, credited, repaired."""

from __future__ import annotations

from app.models.order import sales_order_line
from app.models.returns import goods_return, goods_return_line
from app.services.integrity import Rule
from tests.services.integrity_cases import Case, change, first_line, key_of, line_of, row_of

BACK = goods_return_line.c


def of(name):
    return row_of(goods_return_line, name, "return_id")


RETURNED = [
    Case(
        Rule.RETURN_LINES,
        change(sales_order_line, line_of("cared order"), advanced=0),
        also=(Rule.ORDER_STATES,),
    ),
    Case(Rule.RETURN_LINES, change(sales_order_line, line_of("cared order"), exchanged=0)),
    Case(Rule.RETURN_LINES, change(goods_return_line, of("credited return"), credited=BACK.credited + 1)),
    Case(Rule.RETURN_LINES, change(goods_return_line, of("credited return"), credited=0)),
    Case(Rule.RETURN_LINES, change(goods_return_line, of("exchange"), credited=BACK.received_good)),
    Case(
        Rule.RETURN_LINES,
        change(goods_return_line, of("other goods"), exchanged=0),
        lambda c, ids: str(first_line(c, ids["cared order"]).id),
    ),
    Case(Rule.RETURN_LINES, change(goods_return_line, of("repair"), repaired=0), also=(Rule.RETURN_LINES,)),
    Case(Rule.RETURN_LINES, change(goods_return_line, of("repair"), beyond_repair=BACK.received_repair)),
    Case(
        Rule.RETURN_LINES,
        change(goods_return_line, of("repair"), received_repair=BACK.received_repair - BACK.repaired),
        key_of("repair"),
    ),
    Case(Rule.RETURN_LINES, change(goods_return, row_of(goods_return, "repair"), state="received")),
]
