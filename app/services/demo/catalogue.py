"""The sample company's products, drawn from the families: names, SKUs, prices, bins, barcodes, popularity, life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import product as grid
from typing import Final

from stdnum.ean import calc_check_digit

from app.models.rounding import Rounding, round_ratio
from app.services.demo.assortment import ABOUT, FAMILIES, KNOWN
from app.services.demo.chance import Chance, Wheel, zipf
from app.services.demo.families import Choice, Family
from app.services.products import NewProduct

GS1_PREFIX: Final = "9521234"
"""GS1 keeps the prefix 952 for demonstrations and examples, so that no real article has these numbers."""

STEPS: Final = ((100, 1), (1_000, 5), (10_000, 50), (100_000, 100), (1_000_000, 500))
"""Prices below so many mills are multiples of so many mills; above that of five euros."""


@dataclass(frozen=True, slots=True)
class Item:
    """A product to be and how it sells.

    ``weight`` is its share of its family's lines.  A ``lumpy`` one is wanted seldom and then in numbers.
    It is sold from ``born`` on, and less and less until ``dies``.
    """

    new: NewProduct
    family: int
    weight: int
    lumpy: bool
    born: date
    dies: date
    lots: Wheel

    @property
    def is_goods(self) -> bool:
        """Whether it has stock."""
        return self.new.kind == "goods"


def make(count: int, seed: int, first_day: date, last_day: date) -> list[Item]:
    """Draw ``count`` products that are sold between two days, family by family, the best sellers first."""
    quotas = _quotas(count)
    lots = [Wheel(weight for _, _, weight in family.lots) for family in FAMILIES]
    found: list[Item] = []
    places: dict[str, int] = {}
    for index, family in enumerate(FAMILIES):
        chance = Chance(seed, "products", family.prefix)
        place = places.get(family.zone, 0)
        news = _products(family, quotas[index], chance, place=place, number=len(found))
        places[family.zone] = place + len(news)
        for rank, (new, weight) in enumerate(zip(news, zipf(len(news), head=1), strict=True)):
            born, dies = _life(chance, rank, first_day, last_day)
            lumpy = rank * 5 > 2 * len(news) and chance.percent(40)
            found.append(Item(new, index, weight, lumpy, born, dies, lots[index]))
    return found


def _quotas(count: int) -> list[int]:
    """Share the products out over the families by demand, as far as a family's grid reaches."""
    capacities = [len(one.kinds) * len(one.materials) * len(one.sizes) * len(one.variants) for one in FAMILIES]
    total = sum(one.demand for one in FAMILIES)
    quotas = [min(max(3, count * one.demand // total), most) for one, most in zip(FAMILIES, capacities, strict=True)]
    while (missing := count - sum(quotas)) > 0:
        room = [most - quota for most, quota in zip(capacities, quotas, strict=True)]
        assert any(room), f"the assortment has no {count} products"
        for index, free in enumerate(room):
            quotas[index] += min(free, max(1, missing * free // sum(room)), max(0, count - sum(quotas)))
    return quotas


def _life(chance: Chance, rank: int, first_day: date, last_day: date) -> tuple[date, date]:
    """Say from when to when a product is sold; a tenth came late, a tenth went."""
    span = (last_day - first_day).days
    kind = chance.below(100)
    if rank < 2 or kind >= 18:
        return first_day, date.max
    if kind < 9:
        return last_day - timedelta(chance.between(span // 12, span // 2)), date.max
    return first_day, last_day - timedelta(chance.between(span // 20, span * 2 // 3))


def _products(family: Family, quota: int, chance: Chance, *, place: int, number: int) -> list[NewProduct]:
    """Draw a family's products; ``place`` of its zone and article ``number`` are the first that are free."""
    known = [one for one in KNOWN if one[0].startswith(family.prefix)]
    rows = [(sku, name, price, weight) for sku, name, price, weight in known]
    taken = {name for _, name, _, _ in known} | {sku for sku, _, _, _ in known}
    serial = 0
    for kind, material, size, variant in _cells(family, quota, chance):
        if len(rows) == quota:
            break
        name = _name(family, kind, material, size, variant)
        serial += chance.between(1, 9)
        sku = f"{family.prefix}-{material.code}-{serial:05}"
        if name in taken or sku in taken:
            continue
        taken.add(name)
        price = round_ratio(family.price * kind.price * material.price * size.price * variant.price, 100**4)
        weight = max(1, family.weight_g * kind.weight * size.weight // 10_000)
        rows.append((sku, name, _nice(price), weight))
    return [_product(family, *row, place=place + row_no, number=number + row_no) for row_no, row in enumerate(rows)]


def _cells(family: Family, quota: int, chance: Chance) -> list[tuple[Choice, Choice, Choice, Choice]]:
    """Give the grid's cells in drawn order: the plain products first, variants when those are used up."""
    cells: list[tuple[Choice, Choice, Choice, Choice]] = []
    for variant in family.variants:
        plain = chance.shuffled(grid(family.kinds, family.materials, family.sizes, (variant,)))
        cells += plain
        if len(cells) > quota * 2:
            break
    wanted = len(family.kinds) * len(family.materials) * len(family.sizes)
    if quota * 3 > wanted and len(family.variants) > 1:
        return chance.shuffled(cells)
    return cells


def _name(family: Family, kind: Choice, material: Choice, size: Choice, variant: Choice) -> str:
    words = {"kind": kind.words, "material": material.words, "size": size.words}
    name = " ".join(family.pattern.format(**words).replace(" ,", ",").split())
    name = name[0].upper() + name[1:]
    return f"{name}, {variant.words}" if variant.words else name


def _product(family: Family, sku: str, name: str, price: int, weight: int, *, place: int, number: int) -> NewProduct:
    goods = family.goods
    return NewProduct(
        sku=sku,
        name=name,
        list_price=Decimal(price).scaleb(-3),
        unit=family.unit,
        kind="goods" if goods else "service",
        description=ABOUT[family.prefix],
        tax_codes=family.tax,
        barcode=barcode(number) if goods else "",
        category=family.name,
        bin=f"{family.zone}-{place // 12 % 90 + 1:02}-{place % 12 + 1:02}" if goods else "",
        weight_g=weight if goods else None,
        units=dict(family.units),
    )


def barcode(number: int) -> str:
    """Give the EAN-13 (GTIN-13) of the company's ``number``-th article."""
    body = f"{GS1_PREFIX}{number:05}"
    return body + calc_check_digit(body)


def _nice(mills: int) -> int:
    """Round a price to what a price list would show."""
    step = next((step for limit, step in STEPS if mills < limit), 5_000)
    return max(1, round_ratio(mills, step, Rounding.HALF_UP) * step)
