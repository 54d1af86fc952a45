"""The day stock runs out if demand comes as expected: what lies here and is on its way, against forecast and orders.

In each bucket the larger of the forecast and of what orders still wait for is wanted: the orders are part of what was
forecast, not more than it.  What should have left before today is wanted at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.models.base import Key
from app.models.demand import Bucket, bucket_after, bucket_of
from app.models.stock import stock_level
from app.services import stock_outlook
from app.services.statements import LONGEST_LIST, Prepared
from app.services.stock_outlook import Shelf, Viewer


@dataclass(slots=True)
class Supply:
    """Grains here (free and promised), coming in, and waited for, by product and warehouse, from ``today`` on."""

    today: date
    here: dict[Shelf, int] = field(default_factory=dict)
    receipts: dict[Shelf, list[tuple[date, int]]] = field(default_factory=dict)
    waiting: dict[Shelf, list[tuple[date, int]]] = field(default_factory=dict)

    def runs_out_on(self, shelf: Shelf, points: Sequence[int], starts_on: date, bucket: Bucket) -> date | None:
        """Give the first day on which less than nothing is left; None where it lasts through the forecast.

        ``points`` are expected grains of the buckets from ``starts_on`` on; the bucket under way before it counts as
        the first of them, for the days that are left of it.
        """
        return self._walk(shelf, points, starts_on, bucket)[0]

    def cover_days(self, shelf: Shelf, points: Sequence[int], starts_on: date, bucket: Bucket) -> int:
        """Give for how many days stock and receipts last; the days of the forecast where they last longer."""
        out, last = self._walk(shelf, points, starts_on, bucket)
        return ((out or last) - self.today).days

    def _walk(self, shelf: Shelf, points: Sequence[int], starts_on: date, bucket: Bucket) -> tuple[date | None, date]:
        """Go from bucket to bucket and, in the one where it runs out, from day to day."""
        booked: dict[date, int] = {}
        balance = self.here.get(shelf, 0)
        for on, grains in self.waiting.get(shelf, ()):
            if on < self.today:
                balance -= grains
            else:
                start = bucket_of(on, bucket)
                booked[start] = booked.get(start, 0) + grains
        coming = sorted(self.receipts.get(shelf, ()))
        starts = [bucket_after(starts_on, bucket, step) for step in range(len(points))]
        begun = bucket_of(self.today, bucket)
        expected = dict(zip(starts, points, strict=True))
        if points and begun < starts_on:
            expected = {begun: points[0], **expected}
        if balance < 0:
            return self.today, self.today
        day = self.today
        for start, point in expected.items():
            after = bucket_after(start, bucket)
            days = (after - start).days
            left = (after - day).days
            wanted = max(point * left // days, booked.get(start, 0))
            for step in range(left):
                balance += sum(grains for on, grains in coming if on == day or on < day == self.today)
                balance -= wanted * (step + 1) // left - wanted * step // left
                if balance < 0:
                    return day, day
                day += timedelta(days=1)
        return None, day


def read(connection: Connection, product_ids: Iterable[UUID], today: date) -> Supply:
    """Read what is here, comes in and is waited for, of products at every warehouse."""
    ids = sorted(set(product_ids))
    found = Supply(today)
    for start in range(0, len(ids), LONGEST_LIST):
        for row in _HERE.all(connection, ids=ids[start : start + LONGEST_LIST]):
            found.here[row.product_id, row.location_id] = row.free + row.promised
    seen = stock_outlook.read(connection, ids, Viewer(at=datetime.combine(today, time(), UTC), binding=True))
    for entry in seen.entries:
        shelf = entry.product_id, entry.location_id
        if entry.grains > 0:
            found.receipts.setdefault(shelf, []).append((entry.on, entry.grains))
        else:
            found.waiting.setdefault(shelf, []).append((entry.on, -entry.grains))
    return found


_HERE: Final = Prepared(
    select(stock_level.c.product_id, stock_level.c.location_id, stock_level.c.free, stock_level.c.promised).where(
        stock_level.c.product_id.in_(bindparam("ids", type_=Key, expanding=True))
    )
)
