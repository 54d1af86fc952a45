"""The reason for a promised day in words: "8 made by Tue 24 Nov: waits for 3 Sensor from Orbis, due Fri 20 Nov"."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Final

from app.models.capable import Answer, Part
from app.models.product import shown
from app.models.supply import Way
from app.models.ways import World

WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(on: date, today: date) -> str:
    """Write a day as people say it, the year only where it is another one: ``Tue 24 Nov``."""
    year = "" if on.year == today.year else f" {on.year}"
    return f"{WEEKDAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]}{year}"


def reason(answer: Answer, world: World) -> str:
    """Say where each part of an answer comes from, when, and what it waits for."""
    return "; ".join([*(part_reason(part, answer, world) for part in answer.parts), *_missing(answer, world)])


def waiting_reason(answer: Answer, world: World) -> str:
    """Say what of an answer waits for goods that come in anyway, and what cannot be had."""
    late = [part for part in answer.parts if part.way == Way.STOCK and part.on > max(answer.want.by, world.today)]
    return "; ".join([*(part_reason(part, answer, world) for part in late), *_missing(answer, world)])


def _missing(answer: Answer, world: World) -> list[str]:
    if not answer.missing:
        return []
    return [f"{_count(answer.missing, answer, world)} not to be had: no supplier, bill or receipt is known"]


def part_reason(part: Part, answer: Answer, world: World) -> str:
    """Say where one part of an answer comes from, when, and what it waits for."""
    many, when = _count(part.grains, answer, world), day(part.on, world.today)
    partner = part.source.partner if part.source and part.source.partner else ""
    in_time = part.on <= max(answer.want.by, world.today)
    forms = {
        Way.STOCK: f"{many} in stock" if in_time else f"{many} from what comes in, free {when}",
        Way.TRANSFER: f"{many} from {part.lane.name if part.lane else ''}, here {when}",
        Way.BUY: f"{many} from {partner or 'a supplier'}, due {when}",
        Way.DROP_SHIP: f"{many} sent by {partner or 'a supplier'}, leaves {when}",
        Way.KIT: f"{many} of parts there by {when}",
        Way.ASSEMBLE: f"{many} assembled by {when}",
    }
    words = forms.get(part.way) or f"{many} made{f' by {partner}' if partner else ''} by {when}"
    return words + _waits(part, world)


def _waits(part: Part, world: World) -> str:
    """What holds it up: the component that comes last, or the work center that is full before."""
    late = [answer for answer in part.needs if (answer.ready_on or world.today) > world.today]
    if part.full is not None:
        return f": {world.centers[part.full].name} is full until {day(part.work[0].on, world.today)}"
    if not late:
        return ""
    last = max(late, key=lambda answer: answer.ready_on or world.today)
    latest = max(last.parts, key=lambda each: each.on)
    if latest.way == Way.STOCK and latest.on <= last.want.by:
        return ""
    name = world.items[last.want.product_id].name
    many = _count(latest.grains, last, world)
    return f": waits for {_named(part_reason(latest, last, world), many, name)}"


def _named(words: str, many: str, name: str) -> str:
    """Put the component's name behind its quantity: ``3 Sensor from Orbis, due Fri 20 Nov``."""
    return f"{many} {name}{words.removeprefix(many)}"


def _count(grains: int, answer: Answer, world: World) -> str:
    return shown(Fraction(grains, world.items[answer.want.product_id].grain))
