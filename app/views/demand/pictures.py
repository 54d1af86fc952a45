"""The picture of a product's demand: history, forecast with its bands, the year before, what people expect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from app.models.demand import Bucket
from app.services import unit_words
from app.services.demand_sheets import DemandSheet
from app.views import format as written
from app.views.format import tr
from app.views.picture import Band, Figure, Ink, Mark, Picture, Series, Shape

TENFOLD: Final = Decimal(10)
PER: Final = {Bucket.DAY: "day", Bucket.WEEK: "week", Bucket.MONTH: "month"}


def picture_of(sheet: DemandSheet, today: date) -> Picture:
    """Draw what was wanted, bucket by bucket, and what is expected."""
    past, ahead = sheet.history, sheet.ahead
    places = [day for day, _ in past] + [one.starts_on for one in ahead]
    before, after = [None] * len(past), [None] * len(ahead)
    title = tr("{}: demand, {} per {}").format(
        sheet.head.name, unit_words.of(sheet.head.unit, 2), tr(PER[sheet.bucket])
    )
    actual: list[Figure] = [*(figure for _, figure in past), *after]
    series = [
        Series(tr("Actual"), actual),
        Series(tr("Forecast"), [*before, *(one.point for one in ahead)], Ink.FORECAST, Shape.THICK),
        Series(tr("Last year"), [*before, *(one.last_year for one in ahead)], Ink.FAINT, Shape.DASHED),
    ]
    if any(one.said is not None for one in ahead):
        series.append(Series(tr("By hand"), [*before, *(one.said for one in ahead)], Ink.REORDER, Shape.DOTS))
    bands = [
        Band(tr("95 % band"), [*before, *(one.low_95 for one in ahead)], [*before, *(one.high_95 for one in ahead)]),
        Band(
            tr("80 % band"),
            [*before, *(one.low_80 for one in ahead)],
            [*before, *(one.high_80 for one in ahead)],
            strength=56,
        ),
    ]
    return Picture(
        title, places, series, bands, _marks(sheet, today, places), unit=sheet.head.unit, place_name=tr("From")
    )


def _marks(sheet: DemandSheet, today: date, places: Sequence[date]) -> list[Mark]:
    if not places:
        return []
    found = [Mark(today)] if places[0] <= today <= places[-1] else []
    out = sheet.runs_out_on
    if out is not None and places[0] <= out <= places[-1]:
        found.append(Mark(out, tr("out {}").format(written.short_day(out)), Ink.BAD))
    return found


def share(value: Decimal | None) -> str:
    """Write a share as whole per cent, above tenfold only that it is; a dash where there is none."""
    if value is None:
        return "–"
    return tr("> 999 %") if value >= TENFOLD else written.percent(round(value, 2))
