"""The design tokens: every colour, space, radius, size and status word the windows are drawn with.

Values are those of the visual language (docs/decisions/0030); each text and mark keeps the WCAG 2.1
contrast of level AA on the ground it is used on (4.5 for text, 3 for large marks), which
``tests/views/test_theme.py`` computes anew.  Sizes are pixels at 100 %; Qt scales them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Hue(StrEnum):
    """The colour families a chip may have; colour only repeats what glyph and word say."""

    GREY = "grey"
    BLUE = "blue"
    VIOLET = "violet"
    AMBER = "amber"
    ORANGE = "orange"
    TEAL = "teal"
    GREEN = "green"
    RED = "red"


class Glyph(StrEnum):
    """The mark before a status word; it says the kind of state without colour."""

    RING = "ring"  # not started
    HALF = "half"  # in work
    DOT = "dot"  # step reached
    CHECK = "check"  # done
    BANG = "bang"  # needs you
    BARS = "bars"  # stopped
    SLASH = "slash"  # over
    CLOCK = "clock"  # waiting for money


class Tone(StrEnum):
    """What a text means, from which its colour follows in either theme."""

    TEXT = "text"
    SOFT = "text2"
    FAINT = "text3"
    ACCENT = "accent"
    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    ON_ACCENT = "onaccent"


@dataclass(frozen=True)
class Status:
    """How one state of a document is shown."""

    word: str
    hue: Hue
    glyph: Glyph


@dataclass(frozen=True)
class Tokens:
    """The colours of one theme as ``#RRGGBB``; ``chips`` maps a hue to (background, text)."""

    name: str
    canvas: str
    surface: str
    raised: str
    subtle: str
    hover: str
    border: str
    border2: str
    control: str
    text: str
    text2: str
    text3: str
    accent: str
    accentfill: str
    accenthover: str
    onaccent: str
    accentsub: str
    sel: str
    ok: str
    warn: str
    bad: str
    okfill: str
    badfill: str
    shadow: str
    scrim: str
    side: str
    navsel: str
    chart_actual: str
    chart_forecast: str
    chart_reorder: str
    chart_fourth: str
    chart_grid: str
    scrim_per_cent: int
    chips: MappingProxyType[Hue, tuple[str, str]]


def _chips(**pairs: tuple[str, str]) -> MappingProxyType[Hue, tuple[str, str]]:
    return MappingProxyType({Hue(name): pair for name, pair in pairs.items()})


LIGHT: Final = Tokens(
    name="light",
    canvas="#F4F5F7",
    surface="#FFFFFF",
    raised="#FFFFFF",
    subtle="#F1F3F6",
    hover="#F6F7F9",
    border="#E3E6EB",
    border2="#D3D8DF",
    control="#868F9C",
    text="#14181F",
    text2="#49525F",
    text3="#646E7C",
    accent="#1D58D6",
    accentfill="#1D58D6",
    accenthover="#174AB8",
    onaccent="#FFFFFF",
    accentsub="#E8EFFD",
    sel="#EDF3FE",
    ok="#17693D",
    warn="#8A5200",
    bad="#B42318",
    okfill="#17693D",
    badfill="#B42318",
    shadow="#14181F",
    scrim="#0A0F17",
    side="#F4F5F7",
    navsel="#E4E8EF",
    chart_actual="#3B4554",
    chart_forecast="#0067A3",
    chart_reorder="#C2500A",
    chart_fourth="#00825F",
    chart_grid="#E9ECF0",
    scrim_per_cent=27,
    chips=_chips(
        grey=("#EDEFF2", "#49525F"),
        blue=("#E4EDFE", "#1A4CB8"),
        violet=("#EFE9FE", "#5730B0"),
        amber=("#FCEFD2", "#774900"),
        orange=("#FDE8DA", "#93380A"),
        teal=("#DAF2F1", "#0A5B5A"),
        green=("#DFF4E6", "#155D37"),
        red=("#FCE6E5", "#A31B16"),
    ),
)

DARK: Final = Tokens(
    name="dark",
    canvas="#0D1013",
    surface="#14181C",
    raised="#1B2026",
    subtle="#1E242A",
    hover="#191E23",
    border="#262C33",
    border2="#353D46",
    control="#6E7885",
    text="#ECEFF3",
    text2="#B1B9C4",
    text3="#8E97A4",
    accent="#80AAFF",
    accentfill="#2F68E2",
    accenthover="#3569DF",
    onaccent="#FFFFFF",
    accentsub="#18274A",
    sel="#182339",
    ok="#7FD89D",
    warn="#F0BE62",
    bad="#FF9A94",
    okfill="#17693D",
    badfill="#B42318",
    shadow="#000000",
    scrim="#0A0F17",
    side="#0D1013",
    navsel="#20262D",
    chart_actual="#C3CAD4",
    chart_forecast="#5BB6F0",
    chart_reorder="#F28A4B",
    chart_fourth="#3CC79B",
    chart_grid="#20262C",
    scrim_per_cent=57,
    chips=_chips(
        grey=("#262C33", "#C3CAD4"),
        blue=("#172A50", "#A3C2FF"),
        violet=("#2B2153", "#C9B8FF"),
        amber=("#3A2B0B", "#F3C76E"),
        orange=("#40230F", "#FFB48F"),
        teal=("#0F3334", "#85DED8"),
        green=("#13351F", "#8CE0A8"),
        red=("#451B1B", "#FFA8A3"),
    ),
)


class Space:
    """The 4 px grid."""

    HAIR: Final = 2
    TINY: Final = 4
    SMALL: Final = 8
    MEDIUM: Final = 12
    LARGE: Final = 16
    PAGE: Final = 20
    HUGE: Final = 24
    WIDE: Final = 32


class Radius:
    """Corners."""

    CHECK: Final = 4
    BUTTON: Final = 6
    BANNER: Final = 8
    CARD: Final = 10
    PALETTE: Final = 12


class Size:
    """Heights and widths of the fixed parts."""

    SIDE_BAR: Final = 212
    SIDE_BAR_ICONS: Final = 56
    SIDE_BAR_COLLAPSES_BELOW: Final = 1360
    PANEL_FLOATS_BELOW: Final = 1180
    NAV_ITEM: Final = 32
    TABLE_HEADER: Final = 34
    BUTTON: Final = 32
    BUTTON_SMALL: Final = 28
    BUTTON_TOUCH: Final = 56
    CHIP: Final = 22
    ICON: Final = 16


class Density(StrEnum):
    """How tall the rows of a table are; chosen per device."""

    COMPACT = "compact"
    REGULAR = "regular"
    TOUCH = "touch"


ROW_HEIGHT: Final = MappingProxyType({Density.COMPACT: 28, Density.REGULAR: 38, Density.TOUCH: 56})
TWO_LINE_HEIGHT: Final = MappingProxyType({Density.COMPACT: 40, Density.REGULAR: 48, Density.TOUCH: 64})

_STATES: Final = {
    "draft": Status("Draft", Hue.GREY, Glyph.RING),
    "new": Status("New", Hue.GREY, Glyph.RING),
    "open": Status("Open", Hue.BLUE, Glyph.DOT),
    "sent": Status("Sent", Hue.BLUE, Glyph.DOT),
    "negotiating": Status("Negotiating", Hue.VIOLET, Glyph.HALF),
    "approved": Status("Approved", Hue.GREEN, Glyph.CHECK),
    "accepted": Status("Accepted", Hue.GREEN, Glyph.CHECK),
    "declined": Status("Declined", Hue.GREY, Glyph.SLASH),
    "superseded": Status("Superseded", Hue.GREY, Glyph.SLASH),
    "expired": Status("Expired", Hue.GREY, Glyph.SLASH),
    "confirmed": Status("Confirmed", Hue.BLUE, Glyph.DOT),
    "reserved": Status("Reserved", Hue.BLUE, Glyph.DOT),
    "deposit": Status("Deposit due", Hue.AMBER, Glyph.CLOCK),
    "deposit_due": Status("Deposit due", Hue.AMBER, Glyph.CLOCK),
    "sourcing": Status("Sourcing", Hue.VIOLET, Glyph.HALF),
    "backorder": Status("Backorder", Hue.ORANGE, Glyph.BANG),
    "released": Status("Released", Hue.BLUE, Glyph.DOT),
    "picking": Status("Picking", Hue.AMBER, Glyph.HALF),
    "picked": Status("Picked", Hue.TEAL, Glyph.DOT),
    "packed": Status("Packed", Hue.TEAL, Glyph.DOT),
    "shipped": Status("Shipped", Hue.TEAL, Glyph.CHECK),
    "part": Status("Part shipped", Hue.TEAL, Glyph.HALF),
    "part_ordered": Status("Part ordered", Hue.TEAL, Glyph.HALF),
    "part_shipped": Status("Part shipped", Hue.TEAL, Glyph.HALF),
    "delivered": Status("Delivered", Hue.GREEN, Glyph.CHECK),
    "planned": Status("Planned", Hue.BLUE, Glyph.DOT),
    "to_invoice": Status("To invoice", Hue.AMBER, Glyph.CLOCK),
    "invoiced": Status("Invoiced", Hue.BLUE, Glyph.CHECK),
    "part_invoiced": Status("Part invoiced", Hue.BLUE, Glyph.HALF),
    "posted": Status("Posted", Hue.BLUE, Glyph.DOT),
    "paid": Status("Paid", Hue.GREEN, Glyph.CHECK),
    "part_paid": Status("Part paid", Hue.GREEN, Glyph.HALF),
    "overdue": Status("Overdue", Hue.RED, Glyph.BANG),
    "credited": Status("Credited", Hue.GREY, Glyph.SLASH),
    "closed": Status("Closed", Hue.GREEN, Glyph.CHECK),
    "done": Status("Done", Hue.GREEN, Glyph.CHECK),
    "waiting": Status("Waiting", Hue.GREY, Glyph.RING),
    "partial": Status("Part done", Hue.TEAL, Glyph.HALF),
    "authorised": Status("Authorised", Hue.VIOLET, Glyph.HALF),
    "received": Status("Received", Hue.GREEN, Glyph.CHECK),
    "in_repair": Status("In repair", Hue.AMBER, Glyph.HALF),
    "kept": Status("Kept by customer", Hue.GREY, Glyph.SLASH),
    "returned": Status("Returned", Hue.VIOLET, Glyph.HALF),
    "on_hold": Status("On hold", Hue.RED, Glyph.BARS),
    "cancelled": Status("Cancelled", Hue.GREY, Glyph.SLASH),
    "active": Status("Active", Hue.GREEN, Glyph.CHECK),
    "inactive": Status("Inactive", Hue.GREY, Glyph.SLASH),
    "in_stock": Status("In stock", Hue.GREEN, Glyph.CHECK),
    "low": Status("Low", Hue.AMBER, Glyph.HALF),
    "out_of_stock": Status("Out of stock", Hue.RED, Glyph.BANG),
    "excess": Status("Excess", Hue.VIOLET, Glyph.DOT),
    "booked": Status("Booked", Hue.GREEN, Glyph.CHECK),
    "printing": Status("Printing", Hue.AMBER, Glyph.HALF),
    "printed": Status("Printed", Hue.GREEN, Glyph.CHECK),
    "failed": Status("Failed", Hue.RED, Glyph.BANG),
}
STATUSES: Final = MappingProxyType(_STATES)


def status(state: str) -> Status:
    """How ``state`` is shown; a state nobody has drawn yet gets its own word in grey, never an error."""
    known = STATUSES.get(state)
    return known or Status(state.replace("_", " ").capitalize(), Hue.GREY, Glyph.DOT)
