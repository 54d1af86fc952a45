"""What the pack dialog says of packages and scans."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from app.models.shipment import PALLET
from app.services.packing_plans import Goods, PackingPlan, Unit
from app.services.packing_scans import WRONG, Answer, Kind
from app.views import format as written
from app.views.format import tr
from app.views.picking.parts import Mood
from app.views.picking.words import Words
from app.views.sounds import Sound


def title(plan: PackingPlan, unit: Unit) -> str:
    """Name a package: ``Package 2``, ``Pallet 1``."""
    word = tr("Pallet {}") if unit.kind == PALLET else tr("Package {}")
    return word.format(plan.number(unit))


def place(plan: PackingPlan, unit: Unit) -> str:
    """Name a package within a sentence."""
    word = tr("pallet {}") if unit.kind == PALLET else tr("package {}")
    return word.format(plan.number(unit))


def kind(plan: PackingPlan, unit: Unit) -> str:
    """Say what it is made of and where it stands."""
    parts = [unit.carton.name if unit.carton else ""]
    if unit.on is not None:
        parts.append(tr("on pallet {}").format(plan.number(plan.unit(unit.on))))
    return " · ".join(part for part in parts if part)


def weight(plan: PackingPlan, unit: Unit) -> str:
    """Write its weight; ``from`` where part of it is not known."""
    grams = plan.weight_g(unit)
    if not grams:
        return ""
    said = f"{written.quantity(Decimal(grams).scaleb(-3))} kg"
    return said if plan.knows_weight(unit) else tr("from {}").format(said)


def fill(share: Fraction | None) -> str:
    """Write which share of its room is taken, in whole percent, rounded up."""
    return f"{-(-share.numerator * 100 // share.denominator)} %" if share is not None else ""


def quantity(goods: Goods, grains: int) -> str:
    """Write a quantity in the order line's unit."""
    return written.measured(grains / goods.grains_per_unit, goods.unit)


def missing(plan: PackingPlan) -> str:
    """Name what was not scanned, three lines at most."""
    found = plan.unscanned()
    named = [f"{quantity(plan.goods[line], n)} {plan.goods[line].sku}" for line, n in list(found.items())[:3]]
    return ", ".join(named) + (" …" if len(found) > len(named) else "")


def not_packed(plan: PackingPlan) -> str:
    """Name what is in no package."""
    left = {line: n for line in plan.goods if (n := plan.left(line)) > 0}
    return ", ".join(f"{quantity(plan.goods[line], n)} {plan.goods[line].sku}" for line, n in left.items())


def answer(found: Answer, plan: PackingPlan, unit: Unit) -> Words:
    """Say what came of a scan."""
    goods, where = found.goods, place(plan, unit)
    if found.kind in WRONG or goods is None:
        return Words(Mood.WRONG, *_wrong(found, plan), "", Sound.WRONG)
    counted = f"{quantity(goods, found.grains)} {goods.sku}"
    if found.kind is Kind.NEEDS_LOT:
        return Words(Mood.NOTE, tr("{}: now its number").format(goods.sku), tr("Scan its lot or serial number."))
    if found.kind is Kind.ALL_DONE:
        return Words(Mood.RIGHT, tr("Everything is scanned"), tr("{} into {}.").format(counted, where), "", Sound.DONE)
    if found.kind is Kind.PACKAGE_DONE:
        return Words(Mood.RIGHT, tr("{} is complete").format(title(plan, unit)), counted, "", Sound.DONE)
    return Words(Mood.RIGHT, counted, tr("Into {}.").format(where), "", Sound.RIGHT)


def _wrong(found: Answer, plan: PackingPlan) -> tuple[str, str]:
    """Say what is wrong with a scan, and what to do; nothing was counted."""
    sku = found.goods.sku if found.goods else found.code
    if found.kind is Kind.WRONG_PACKAGE:
        there = place(plan, found.belongs) if found.belongs else tr("another package")
        return tr("{}: wrong package").format(sku), tr("It is planned for {}. Nothing was counted.").format(there)
    if found.kind is Kind.TOO_MANY:
        return tr("{}: too many").format(sku), tr("All that was picked of it is scanned. Nothing was counted.")
    if found.kind is Kind.WRONG_LOT:
        said = tr("{} was not picked for this order. Nothing was counted.").format(found.code)
        return tr("{}: wrong number").format(sku), said
    return tr("Not of this shipment"), tr("{}: put it back. Nothing was counted.").format(found.code)
