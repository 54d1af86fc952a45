"""How much more or less than what was ordered may be delivered.  Quantities are grains."""

from __future__ import annotations

from fractions import Fraction

from app.errors import Invalid, NotAllowed
from app.models.product import shown
from app.services import companies, unit_words
from app.services.order_book import BookLine
from app.services.transaction import Transaction


def refuse_over_delivery(tx: Transaction, line: BookLine, quantity: int, packed: int) -> None:
    """Refuse to let more of a line leave than is still to ship, ``packed`` elsewhere, and its tolerance.

    The tolerance is the product's own, else the company's.

    Raises:
        NotAllowed: it is too much, or no goods.
        Invalid: the quantity is below zero.

    """
    if not line.goods:
        raise NotAllowed(f"{line.row.name} is not goods and cannot be shipped. Leave it out.")
    if quantity < 0:
        raise Invalid("quantity", "A quantity cannot be below zero.")
    left = line.outstanding - packed
    if quantity <= left:
        return
    own = line.row.over_delivery
    tolerance = Fraction(companies.get(tx.connection).over_delivery if own is None else own)
    most = line.wanted * (1 + tolerance) - line.shipped + line.returned_open - packed
    if quantity > most:
        still = line.in_unit(max(0, left))
        raise NotAllowed(
            f"{line.row.sku}: {shown(still)} {unit_words.of(line.row.unit, still)} are still to ship, "
            f"{shown(line.in_unit(quantity))} are too many. Lower the quantity or change the order."
        )


def is_enough(line: BookLine, rest: int) -> bool:
    """Tell whether a line counts as delivered without its ``rest``: all that is open, and within its tolerance.

    Half a kit is no kit: its components have no tolerance below.
    """
    share = line.row.under_delivery
    if not share or line.component or rest != line.outstanding:
        return False
    return rest <= Fraction(share) * line.wanted
