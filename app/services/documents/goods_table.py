"""The lines of a paper without prices: what was ordered, what is here, what is still to come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from app.services.documents.blocks import Row, Stack, paragraph, stack
from app.services.documents.columns import ROW_PADDING, Column, body_row, head_row, places
from app.services.documents.pagination import Table
from app.services.documents.paper_locale import PaperLocale
from app.services.documents.snapshots import GoodsLine
from app.services.documents.typesetting import Style
from app.services.documents.typography import BODY, CODE, DETAIL, QUIET_BODY, STRONG

_NUMBER: Final[Style] = BODY.tabular()
_DELIVERED: Final[Style] = STRONG.tabular()


def _nothing(_: GoodsLine) -> str:
    return ""


def goods_table(lines: Sequence[GoodsLine], locale: PaperLocale, width: float, *, quantity_title: str) -> Table:
    """Give the table of goods; columns nothing is said in are left out."""
    words = locale.words
    chosen: list[tuple[Column, Callable[[GoodsLine], str]]] = [
        (Column(words["position"], QUIET_BODY, 16, 40), lambda line: line.position),
        (Column(words["item"], BODY, most=None), _nothing),
    ]
    if any(line.ordered is not None for line in lines):
        chosen.append(
            (
                Column(words["ordered"], _NUMBER, 30, 80),
                lambda line: "" if line.ordered is None else locale.number(line.ordered),
            )
        )
    chosen.append((Column(quantity_title, _DELIVERED, 30, 80), lambda line: locale.number(line.quantity)))
    if any(line.outstanding for line in lines):
        chosen.append(
            (
                Column(words["outstanding"], _NUMBER, 30, 80),
                lambda line: locale.number(line.outstanding) if line.outstanding else "",
            )
        )
    if any(line.unit for line in lines):
        chosen.append((Column(words["unit"], BODY, 20, 60), lambda line: locale.unit(line.unit, line.quantity)))
    columns = [column for column, _ in chosen]
    where = places(columns, [[texts(line) for line in lines] for _, texts in chosen], width)
    rows: list[Row] = []
    for line in lines:
        stacks: list[Stack] = []
        for (column, texts), place in zip(chosen, where, strict=True):
            if column.most is None:
                item = ((line.name, STRONG), (line.sku, CODE), (line.description, DETAIL))
                stacks.append(stack(*item, width=place.width))
            else:
                stacks.append(stack((texts(line), column.style), width=place.width))
        rows.append(body_row(where, stacks))
    if not rows:
        rows = [paragraph(words["no_lines"], DETAIL, width, above=ROW_PADDING, below=ROW_PADDING)]
    return Table(head_row(columns, where), rows)
