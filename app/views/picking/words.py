"""What the picking screen says to each scan."""

from __future__ import annotations

from dataclasses import dataclass

from app.models.product import shown
from app.services.pick_round import WRONG, Answer, Kind, PickRound
from app.services.pick_sheets import Stop
from app.views import format as written
from app.views.format import tr
from app.views.picking.parts import Mood
from app.views.sounds import Sound


@dataclass(frozen=True, slots=True)
class Words:
    """The band's mood and words, and the sound with it (None: silence)."""

    mood: Mood
    title: str
    detail: str = ""
    hint: str = ""
    sound: Sound | None = None


UNDO_HINT = "Undo: F7"
INSTEAD = "F6: take this one instead. Esc: it is back"
STOPPED = "Counting stopped: scan the right item, or Esc"


def answer(found: Answer, walk: PickRound, clock: str) -> Words:
    """Say what came of a scan or key; ``clock`` is the time it came."""
    stop = found.stop
    if stop is None:
        return Words(Mood.RIGHT, tr("Nothing left to pick"), tr("Finish the list, or take a step back."))
    if found.kind in {Kind.COUNTED, Kind.STOP_DONE, Kind.ALL_DONE}:
        return _counted(found, stop, walk, clock)
    if found.kind in WRONG:
        return _at_shelf(found, stop) or _wrong(found, stop, walk)
    return _noted(found, stop, walk)


def _noted(found: Answer, stop: Stop, walk: PickRound) -> Words:
    place = stop.bin or stop.sku
    taken, wanted = quantity(walk.taken(stop), stop), quantity(stop.wanted, stop)
    missing = written.measured(stop.shown(found.grains), stop.unit)
    not_found = tr("{} of {} not found; they stay promised to the order.").format(missing, stop.sku)
    back = tr("Back at {}: {} of {}").format(place, taken, wanted)
    lot, tote = (stop.place.lot, stop.place.tote) if stop.place else ("", "")
    which = tr("Scan its serial number") if stop.place and stop.place.tracking == "serial" else tr("Scan its lot")
    known = {
        Kind.BIN: Words(Mood.RIGHT, tr("Right bin"), tr("{} · now scan {}").format(place, stop.sku), "", Sound.RIGHT),
        Kind.LOT: Words(Mood.RIGHT, tr("Right lot"), tr("{} · now scan {}").format(lot, stop.sku), "", Sound.RIGHT),
        Kind.TOTE: Words(Mood.RIGHT, tr("Right tote"), tr("{} for {}").format(tote, stop.sku), "", Sound.RIGHT),
        Kind.NEEDS_LOT: Words(
            Mood.NOTE, which, tr("{} is right; {} is asked for.").format(stop.sku, lot), "", Sound.DONE
        ),
        Kind.SHORT: Words(Mood.NOTE, tr("Short at {}").format(place), not_found, tr(UNDO_HINT), Sound.DONE),
        Kind.SKIPPED: Words(Mood.NOTE, tr("{} comes again at the end").format(place), "", "", Sound.DONE),
        Kind.UNDONE: Words(Mood.NOTE, back, tr("The last step is taken back."), "", Sound.DONE),
        Kind.RELEASED: Words(Mood.IDLE, tr("Scan {}").format(stop.sku), tr("Counting goes on.")),
    }
    return known.get(found.kind, Words(Mood.NOTE, tr("There is nothing to take back")))


def _counted(found: Answer, stop: Stop, walk: PickRound, clock: str) -> Words:
    taken = quantity(walk.taken(stop), stop)
    how = tr("scanned {}").format(clock) if found.code else tr("typed {}").format(clock)
    detail = f"{stop.sku} · {how}"
    if found.kind is Kind.COUNTED:
        said = tr("{} counted, right item") if found.grains > 0 else tr("{} counted, given back")
        return Words(Mood.RIGHT, said.format(taken), detail, tr(UNDO_HINT), Sound.RIGHT)
    of = quantity(stop.wanted, stop)
    if found.kind is Kind.STOP_DONE:
        done = tr("{} of {}, bin done").format(taken, of)
        return Words(Mood.RIGHT, done, detail, tr(UNDO_HINT), Sound.DONE)
    return Words(Mood.RIGHT, tr("{} of {}, that was the last one").format(taken, of), detail, tr(UNDO_HINT), Sound.DONE)


def _at_shelf(found: Answer, stop: Stop) -> Words | None:
    """Say what is wrong with a lot or a tote; None where that is not it."""
    place = stop.place
    if place is None or found.kind not in {Kind.OTHER_LOT, Kind.WRONG_TOTE}:
        return None
    if found.kind is Kind.WRONG_TOTE:
        detail = tr("You scanned {}. This goes into {}.").format(found.code, place.tote)
        return Words(Mood.WRONG, tr("Wrong tote: use {}").format(place.tote), detail, tr(STOPPED), Sound.WRONG)
    word = tr("Other number: put it back") if place.tracking == "serial" else tr("Other lot: put it back")
    detail = tr("You scanned {}. This stop asks for {}.").format(found.code, place.lot)
    return Words(Mood.WRONG, word, detail, tr(INSTEAD), Sound.WRONG)


def _wrong(found: Answer, stop: Stop, walk: PickRound) -> Words:
    other, hint = found.other, tr(STOPPED)
    if found.kind is Kind.TOO_MANY:
        left = quantity(walk.left(stop), stop)
        detail = tr("{} would be {}, only {} are left here.").format(
            found.code or tr("That"), quantity(found.grains, stop), left
        )
        return Words(Mood.WRONG, tr("Too many: put it back"), detail, hint if walk.blocked else "", Sound.WRONG)
    if found.kind is Kind.BLOCKED:
        return Words(Mood.WRONG, tr("Wrong item: put it back"), tr("Then scan {}.").format(stop.sku), hint, Sound.WRONG)
    if found.kind is Kind.WRONG_BIN:
        title = tr("Wrong bin: go to {}").format(stop.bin)
        return Words(Mood.WRONG, title, tr("You scanned {}.").format(found.code), hint, Sound.WRONG)
    if other is not None and not walk.left(other):
        detail = tr("{} is complete. This stop needs {}.").format(other.sku, stop.sku)
        return Words(Mood.WRONG, tr("Enough of that: put it back"), detail, hint, Sound.WRONG)
    scanned = other.sku if other is not None else found.code
    detail = tr("You scanned {}. This stop needs {} ({}).").format(scanned, stop.sku, stop.name)
    return Words(Mood.WRONG, tr("Wrong item: put it back"), detail, hint, Sound.WRONG)


def named(found: Answer, owner: tuple[str, str] | None) -> str:
    """Say whose code was scanned, once it is known; ``owner`` is SKU and name."""
    stop = found.stop
    assert stop is not None, "only a wrong scan at a stop is looked up"
    if owner is None:
        return tr("No product has the code {}. This stop needs {}.").format(found.code, stop.sku)
    return tr("You scanned {} ({}). This stop needs {} ({}).").format(owner[0], owner[1], stop.sku, stop.name)


def quantity(grains: int, stop: Stop) -> str:
    """Write grains in the stop's unit, without the unit's name."""
    return shown(stop.shown(grains))
