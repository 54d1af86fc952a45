"""Units as everybody calls them: the codes of UN/ECE Recommendation 20 (units) and 21 (packages, with an X before)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from app.errors import Invalid
from app.models.base import new_id
from app.models.einvoice import unit_code
from app.models.product import product, product_unit
from app.services.transaction import Transaction

ONE: Final = "C62"
"""One of something that has no unit."""

_USUAL: Final = {
    ONE: "unit units one piece pieces pcs pc stk stück stueck st each ea item items",
    "PR": "pair pairs paar",
    "DZN": "dozen dozens doz dz dutzend",
    "SET": "set sets satz",
    "HUR": "hour hours h hr hrs std stunde stunden",
    "MIN": "minute minutes min",
    "DAY": "day days d tag tage",
    "WEE": "week weeks woche wochen",
    "MON": "month months monat monate",
    "ANN": "year years jahr jahre",
    "MGM": "mg milligram milligrams",
    "GRM": "g gram grams gramm",
    "KGM": "kg kilogram kilograms kilo kilogramm",
    "TNE": "t tonne tonnes ton",
    "ONZ": "oz ounce ounces",
    "LBR": "lb lbs pound pounds",
    "MMT": "mm millimeter millimeters millimetre millimetres",
    "CMT": "cm centimeter centimeters centimetre centimetres",
    "MTR": "m meter meters metre metres",
    "KMT": "km kilometer kilometers kilometre kilometres",
    "INH": "in inch inches",
    "FOT": "ft foot feet",
    "YRD": "yd yard yards",
    "MTK": "m² m2 sqm square_meter square_meters square_metre square_metres",
    "MTQ": "m³ m3 cbm cubic_meter cubic_meters cubic_metre cubic_metres",
    "MLT": "ml milliliter milliliters millilitre millilitres",
    "CLT": "cl centiliter centiliters",
    "LTR": "l liter liters litre litres",
    "GLL": "gal gallon gallons",
    "KWH": "kwh kilowatt_hour kilowatt_hours",
    "XBX": "box boxes kiste",
    "XCT": "carton cartons karton",
    "XPX": "pallet pallets palette",
    "XPK": "pack packs package packages packung",
    "XBG": "bag bags beutel sack",
    "XBO": "bottle bottles flasche",
    "XCA": "can cans dose",
    "XCS": "case cases",
    "XCR": "crate crates",
    "XRO": "roll rolls rolle",
    "XST": "sheet sheets blatt",
    "XTU": "tube tubes",
    "XDR": "drum drums fass",
    "XTY": "tray trays",
}
USUAL: Final = {name.replace("_", " "): code for code, names in _USUAL.items() for name in names.split()}
"""Codes of the units that most companies use, by their names in small letters."""

_CODE: Final = re.compile(r"[A-Z0-9]{1,3}")


def name(tx: Transaction, unit: str, code: str) -> None:
    """Say what the code of a unit is; an empty code takes the company's own word back.

    Raises:
        Invalid: it does not look like a code of the recommendation.

    """
    code = code.strip().upper()
    if code and not _CODE.fullmatch(code):
        raise Invalid(
            "code", f"“{code}” is no unit code. Use one of UN/ECE Recommendation 20, such as C62, KGM or XBX."
        )
    kept = tx.execute(select(unit_code.c.id).where(unit_code.c.unit == unit)).scalar_one_or_none()
    if kept is not None and code:
        tx.update(unit_code, kept, code=code)
    elif kept is not None:
        tx.delete(unit_code, [kept])
    elif code:
        tx.insert(unit_code, {"id": new_id(), "unit": unit, "code": code})


def known(connection: Connection) -> dict[str, str]:
    """Read the codes the company gave to units of its own, by unit."""
    return {row.unit: row.code for row in connection.execute(select(unit_code))}


def code_of(unit: str, own: dict[str, str]) -> str:
    """Give the code of a unit: the company's own, else the usual one; empty where none is known."""
    if not unit:
        return ONE
    return own.get(unit) or USUAL.get(unit.strip().lower(), "")


@dataclass(frozen=True, slots=True)
class UsedUnit:
    """A unit that products are sold or counted in, and its code; ``is_own`` where the company said it itself."""

    unit: str
    code: str
    is_own: bool


def in_use(connection: Connection) -> list[UsedUnit]:
    """Read the units of all active products, those without a code first."""
    own = known(connection)
    units = select(product.c.unit).where(product.c.active).union(select(product_unit.c.unit))
    found = {row.unit for row in connection.execute(units) if row.unit} | set(own)
    rows = [UsedUnit(unit, code_of(unit, own), unit in own) for unit in found]
    return sorted(rows, key=lambda row: (bool(row.code), row.unit.lower()))
