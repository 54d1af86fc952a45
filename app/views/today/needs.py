"""What needs somebody, in words: icon, sentence, and the step that settles it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.services.today import Need
from app.views import format as written
from app.views.format import tr
from app.views.tokens import Tone

MANY: Final = 9_999


@dataclass(frozen=True, slots=True)
class Sentence:
    """One row: what it is, why, the word on its button, and where that leads.

    ``place`` is a kind of record when the need is about one, else a list with its tab.
    """

    icon: str
    tone: Tone
    title: str
    text: str
    button: str
    place: str
    tab: str = ""


def sentence(need: Need, today: date) -> Sentence:
    """Say what a need is about."""
    return _WORDS[need.kind](need, today)


def _late(need: Need, today: date) -> Sentence:
    days = (today - need.on).days if need.on else 0
    words = tr("{} is 1 day late") if days == 1 else tr("{} is {} days late")
    return Sentence("triangle-alert", Tone.BAD, words.format(need.number, days), need.customer, tr("Open"), "order")


def _backorder(need: Need, _: date) -> Sentence:
    title = tr("{} waits for goods that are here").format(need.number)
    return Sentence("package-check", Tone.WARN, title, need.customer, tr("Reserve"), "order")


def _short(need: Need, _: date) -> Sentence:
    words = tr("{}: 1 line was short") if need.count == 1 else tr("{}: {} lines were short")
    title = words.format(need.number, need.count)
    return Sentence("package-x", Tone.WARN, title, need.customer, tr("Look"), "order")


def _counter(need: Need, _: date) -> Sentence:
    title = tr("{} was countered").format(need.number)
    return Sentence("handshake", Tone.WARN, title, need.customer, tr("Answer"), "quote")


def _bank(need: Need, _: date) -> Sentence:
    title = _count(need.count, tr("1 bank line to match"), tr("{} bank lines to match"))
    return Sentence("arrow-up-down", Tone.SOFT, title, tr("Money came or went"), tr("Match"), "bank_lines", "open")


def _expires(need: Need, today: date) -> Sentence:
    when = written.day_within(need.on, today) if need.on else ""
    title = tr("{} expires {}").format(need.number, when)
    text = f"{need.customer} · {written.money(need.amount, need.currency)}"
    return Sentence("handshake", Tone.WARN, title, text, tr("Open"), "quote")


def _approval(need: Need, _: date) -> Sentence:
    title = tr("{} waits for approval").format(need.number)
    return Sentence("shield-check", Tone.WARN, title, need.customer, tr("Look"), "quote")


def _payment(need: Need, _: date) -> Sentence:
    title = tr("{} received, no invoice matched").format(written.money(need.amount, need.currency))
    return Sentence("hand-coins", Tone.SOFT, title, f"{need.number} · {need.customer}", tr("Match"), "payment")


def _packed(need: Need, _: date) -> Sentence:
    title = _count(need.count, tr("1 shipment is packed"), tr("{} shipments are packed"))
    return Sentence("truck", Tone.ACCENT, title, tr("Waiting for the carrier"), tr("Ship"), "shipments", "packed")


def _drafts(need: Need, _: date) -> Sentence:
    title = _count(need.count, tr("1 invoice to post"), tr("{} invoices to post"))
    money = written.money(need.amount, need.currency)
    return Sentence("receipt", Tone.SOFT, title, money, tr("Post"), "invoices", "to_post")


def _overdue(need: Need, _: date) -> Sentence:
    title = _count(need.count, tr("1 invoice is overdue"), tr("{} invoices are overdue"))
    money = tr("{} open").format(written.money(need.amount, need.currency))
    return Sentence("clock", Tone.BAD, title, money, tr("Show"), "invoices", "overdue")


def _returns(need: Need, _: date) -> Sentence:
    title = _count(need.count, tr("1 return is awaited"), tr("{} returns are awaited"))
    return Sentence("undo-2", Tone.SOFT, title, tr("Book what arrived"), tr("Receive"), "returns", "awaited")


def _count(count: int, one: str, many: str) -> str:
    return written.counted(min(count, MANY), one, many)


_WORDS: Final[dict[str, Callable[[Need, date], Sentence]]] = {
    "approval": _approval,
    "late": _late,
    "backorder": _backorder,
    "short": _short,
    "counter": _counter,
    "bank": _bank,
    "expires": _expires,
    "payment": _payment,
    "packed": _packed,
    "drafts": _drafts,
    "overdue": _overdue,
    "returns": _returns,
}
