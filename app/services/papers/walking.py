"""Papers to walk with: pick lists that have bins and lots, waves, count lists."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from app.models.product import product, shown
from app.models.shipment import pick, pick_line, pick_take
from app.models.stock import location, lot, storage_bin
from app.services import count_sheets, letterheads, waves
from app.services.documents import count_sheet, pick_list
from app.services.documents.count_sheet import CountLine, CountSheet
from app.services.documents.paper_locale import paper_locale
from app.services.documents.pick_list import PickLine, PickList
from app.services.papers import parts
from app.services.papers.paper import Paper


def of_list(connection: Connection, head: Any) -> Paper:
    """Print a released pick list: which lot from which bin."""
    ours = letterheads.now(connection)
    stops = _stops(connection, pick.c.id == head.id)
    paper = PickList(
        number=head.number,
        dated=head.created_at.date(),
        company=parts.company(ours),
        lines=tuple(_line([stop], _lot_words(stop, ours.language)) for stop in stops),
        language=ours.language,
        order_number=head.order_number,
        customer_name=head.customer_name,
        location=head.place or "",
        ship_by=head.promised_on,
        walked=True,
    )
    return Paper(f"Pick list {head.number}", f"{head.number}.pdf", pick_list.build(paper))


def of_wave(connection: Connection, wave_id: UUID) -> Paper:
    """Print a wave: the total of each product and lot at each bin, and how much of it goes into which tote.

    Raises:
        NotFound: there is no such wave.

    """
    head, ours = waves.get(connection, wave_id), letterheads.now(connection)
    place = connection.execute(select(location.c.name).where(location.c.id == head.location_id)).scalar_one()
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for stop in _stops(connection, pick.c.wave_id == wave_id):
        groups.setdefault((stop.bin, stop.id, stop.lot), []).append(stop)
    lines = []
    for stops in groups.values():
        shares = ", ".join(f"{stop.tote or stop.number} × {shown(Fraction(stop.wanted, stop.grain))}" for stop in stops)
        words = " · ".join(part for part in (_lot_words(stops[0], ours.language), shares) if part)
        lines.append(_line(stops, words))
    paper = PickList(
        number=head.number,
        dated=head.created_at.date(),
        company=parts.company(ours),
        lines=tuple(lines),
        language=ours.language,
        location=place,
        notes=head.note,
        walked=True,
    )
    return Paper(f"Wave {head.number}", f"{head.number}.pdf", pick_list.build(paper))


def of_count(connection: Connection, count_id: UUID) -> Paper:
    """Print a count list: where to count what, with room to write, without what the books say.

    Raises:
        NotFound: there is no such list.

    """
    known, ours = count_sheets.read(connection, count_id), letterheads.now(connection)
    paper = CountSheet(
        number=known.number,
        dated=known.created_at.date(),
        company=parts.company(ours),
        lines=tuple(CountLine(one.bin, one.sku, one.name, one.unit, one.lot) for one in known.lines),
        language=ours.language,
        location=known.warehouse,
        notes=known.note,
    )
    return Paper(f"Count sheet {known.number}", f"{known.number}.pdf", count_sheet.build(paper))


def _line(stops: Sequence[Any], words: str) -> PickLine:
    first = stops[0]
    return PickLine(
        bin=first.bin,
        sku=first.sku,
        name=first.name,
        quantity=parts.written(Fraction(sum(stop.wanted for stop in stops), first.grain)),
        unit=first.unit,
        description=words,
        scan=first.barcode,
    )


def _lot_words(stop: Any, language: str) -> str:
    if not stop.lot:
        return ""
    return f"{stop.lot} · {paper_locale(language).date(stop.expires_on)}" if stop.expires_on else str(stop.lot)


def _stops(connection: Connection, which: Any) -> list[Any]:
    return list(
        connection.execute(
            select(
                func.coalesce(storage_bin.c.code, pick_line.c.bin).label("bin"),
                pick_take.c.wanted,
                lot.c.code.label("lot"),
                lot.c.expires_on,
                pick.c.number,
                pick.c.tote,
                product,
            )
            .select_from(
                pick_take.join(pick_line, pick_line.c.id == pick_take.c.pick_line_id)
                .join(pick, pick.c.id == pick_line.c.pick_id)
                .join(product, product.c.id == pick_line.c.product_id)
                .outerjoin(storage_bin, storage_bin.c.id == pick_take.c.bin_id)
                .outerjoin(lot, lot.c.id == pick_take.c.lot_id)
            )
            .where(which, pick_take.c.wanted > 0)
            .order_by(pick_take.c.position, pick_take.c.id)
        ).all()
    )
