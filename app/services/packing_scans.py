"""The scan check at packing: what a scan means for the package that is open.  A wrong scan changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.errors import Invalid
from app.models.stock import Tracking
from app.services import scanning
from app.services.packing_plans import Goods, PackingPlan, Unit
from app.services.scanning import Scan, ScanKind


class Kind(StrEnum):
    """What came of a scan."""

    COUNTED = "counted"
    PACKAGE_DONE = "package_done"  # counted, and all of this package is scanned
    ALL_DONE = "all_done"  # counted, and all of the shipment is scanned
    NEEDS_LOT = "needs_lot"  # the right thing; its lot or serial number is to be scanned as well
    WRONG_ITEM = "wrong_item"  # not to be packed here at all
    WRONG_PACKAGE = "wrong_package"  # proposed for another package
    WRONG_LOT = "wrong_lot"  # of a lot, or with a number, that was not picked for it
    TOO_MANY = "too_many"  # all that was picked of it is scanned


WRONG: Final = frozenset({Kind.WRONG_ITEM, Kind.WRONG_PACKAGE, Kind.WRONG_LOT, Kind.TOO_MANY})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: the goods it is about, how many grains, the package it belongs into instead."""

    kind: Kind
    code: str
    goods: Goods | None = None
    grains: int = 0
    belongs: Unit | None = None


class PackingScans:
    """Counts scans into the packages of a plan; remembers goods whose number is still to be scanned."""

    def __init__(self, plan: PackingPlan) -> None:
        self.plan = plan
        self._waiting: tuple[int, UUID] | None = None

    def scan(self, key: int, code: str) -> Answer:
        """Take a scan for the package ``key``."""
        try:
            said = scanning.read(code)
        except Invalid:
            said = Scan(ScanKind.CODE, code.strip())
        waiting, self._waiting = self._waiting, None
        if waiting is not None and waiting[0] == key:
            answer = self._number_alone(key, said, only=waiting[1])
            if answer is not None:
                return answer
        fitting = [(one, n) for one in self.plan.sheet.goods if (n := scanning.grains_of(one.codes, said)) is not None]
        if not fitting:
            return self._number_alone(key, said) or Answer(Kind.WRONG_ITEM, said.code)
        answers = [self._item(key, one, grains, said) for one, grains in fitting[:1]]
        for one, grains in fitting[1:]:  # the same product on another line of the order
            if answers[-1].kind not in WRONG:
                break
            answers.append(self._item(key, one, grains, said))
        return answers[-1] if answers[-1].kind not in WRONG else answers[0]

    def _item(self, key: int, goods: Goods, grains: int, said: Scan) -> Answer:
        if goods.tracking == Tracking.NONE or not goods.lots:
            return self._count(key, goods, grains, said.code)
        named = said.serial if goods.tracking == Tracking.SERIAL else said.lot
        if not named:
            if not self._unscanned(goods):
                return Answer(Kind.TOO_MANY, said.code, goods, grains)
            self._waiting = (key, goods.line_id)
            return Answer(Kind.NEEDS_LOT, said.code, goods, grains)
        found = _lot(goods, named)
        if found is None:
            return Answer(Kind.WRONG_LOT, named, goods, grains)
        return self._count(key, goods, grains, said.code, found)

    def _number_alone(self, key: int, said: Scan, *, only: UUID | None = None) -> Answer | None:
        """A lot or serial number by itself is one piece of the goods it was picked for."""
        named = said.serial or said.lot or said.code
        for goods in self.plan.sheet.goods:
            found = _lot(goods, named) if only in {None, goods.line_id} else None
            if found is not None:
                return self._count(key, goods, goods.grain, said.code, found)
        if only is not None and said.kind == ScanKind.CODE and scanning.grains_of(self._all_codes(), said) is None:
            return Answer(Kind.WRONG_LOT, named, self.plan.goods[only])
        return None

    def _all_codes(self) -> list[tuple[str, int]]:
        return [pair for one in self.plan.sheet.goods for pair in one.codes]

    def _count(self, key: int, goods: Goods, grains: int, code: str, lot_id: UUID | None = None) -> Answer:
        if grains > self._unscanned(goods):
            return Answer(Kind.TOO_MANY, code, goods, grains)
        if lot_id is not None and grains > self._lot_left(goods, lot_id):
            return Answer(Kind.TOO_MANY, code, goods, grains)
        here = self.plan.unit(key)
        if not self._make_room(here, goods, grains):
            line = goods.line_id
            others = (one for one in self.plan.units if one.contents.get(line, 0) > one.scanned.get(line, 0))
            return Answer(Kind.WRONG_PACKAGE, code, goods, grains, next(others, None))
        here.scanned[goods.line_id] = here.scanned.get(goods.line_id, 0) + grains
        if lot_id is not None:
            parts = here.lots.setdefault(goods.line_id, {})
            parts[lot_id] = parts.get(lot_id, 0) + grains
        return Answer(self._how_far(here), code, goods, grains)

    def _make_room(self, here: Unit, goods: Goods, grains: int) -> bool:
        """See to it that the package may hold one more: from no package, or out of one made by hand."""
        line = goods.line_id
        missing = here.scanned.get(line, 0) + grains - here.contents.get(line, 0)
        if missing <= 0:
            return True
        by_hand = [one for one in self.plan.units if one is not here and not one.is_proposed]
        loose = max(0, self.plan.left(line))
        if loose + sum(one.contents.get(line, 0) - one.scanned.get(line, 0) for one in by_hand) < missing:
            return False
        here.contents[line] = here.contents.get(line, 0) + missing
        missing -= loose
        for one in by_hand:
            taken = min(max(0, missing), one.contents.get(line, 0) - one.scanned.get(line, 0))
            if taken:
                missing -= taken
                one.contents[line] -= taken
                if not one.contents[line]:
                    del one.contents[line]
        return True

    def _unscanned(self, goods: Goods) -> int:
        return goods.quantity - sum(one.scanned.get(goods.line_id, 0) for one in self.plan.units)

    def _lot_left(self, goods: Goods, lot_id: UUID) -> int:
        there = sum(n for known, _, n in goods.lots if known == lot_id)
        return there - sum(one.lots.get(goods.line_id, {}).get(lot_id, 0) for one in self.plan.units)

    def _how_far(self, here: Unit) -> Kind:
        if not self.plan.unscanned() and all(self.plan.left(line_id) <= 0 for line_id in self.plan.goods):
            return Kind.ALL_DONE
        done = all(here.scanned.get(line_id, 0) >= n for line_id, n in here.contents.items())
        return Kind.PACKAGE_DONE if done and here.is_proposed else Kind.COUNTED


def _lot(goods: Goods, number: str) -> UUID | None:
    return next((lot_id for lot_id, code, _ in goods.lots if code.casefold() == number.casefold()), None)
