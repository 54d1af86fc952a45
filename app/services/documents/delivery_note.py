"""The delivery note: what was delivered and what is still to come; the customer signs for it."""

from __future__ import annotations

from dataclasses import dataclass

from app.services.documents.closing import SECTION_GAP, signed, titled, to_sign
from app.services.documents.goods_table import goods_table
from app.services.documents.letter import Letter, usual_facts
from app.services.documents.paper_locale import PaperLocale, paper_locale
from app.services.documents.snapshots import NO_TRANSPORT, GoodsLine, Heading, Party, Signature, Transport


@dataclass(frozen=True, slots=True)
class DeliveryNote:
    """All a delivery note prints; it is addressed to ``ship_to``, else to the customer."""

    heading: Heading
    lines: tuple[GoodsLine, ...]
    ship_to: Party | None = None
    transport: Transport = NO_TRANSPORT
    introduction: str = ""
    notes: str = ""
    signature: Signature | None = None


def build(delivery: DeliveryNote) -> bytes:
    """Draw the delivery note as PDF; the same delivery always gives the same bytes.

    Raises Invalid when logo or signature is no picture.
    """
    heading = delivery.heading
    locale = paper_locale(heading.language)
    words = locale.words
    facts = [*usual_facts(heading, locale), *transport_facts(delivery.transport, locale)]
    letter = Letter(
        heading, words["delivery_note"], facts, addressee=delivery.ship_to, introduction=delivery.introduction
    )
    letter.pages.add_table(goods_table(delivery.lines, locale, letter.width, quantity_title=words["delivered"]))
    letter.add(titled(words["notes"], [delivery.notes], letter.width), above=SECTION_GAP)
    title = words["received"]
    letter.add(signed(title, delivery.signature, locale) if delivery.signature else to_sign(title, locale), above=24)
    return letter.pdf()


def transport_facts(transport: Transport, locale: PaperLocale) -> list[tuple[str, str]]:
    """Say how the goods travel."""
    words = locale.words
    return [
        (words["carrier"], transport.carrier),
        (words["service"], transport.service),
        (words["tracking_number"], transport.tracking_number),
        (words["packages"], str(transport.packages) if transport.packages else ""),
        (words["weight"], locale.weight(transport.weight_g) if transport.weight_g else ""),
    ]
