"""The little that is needed to write XML: elements in order, none of them empty."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final
from xml.etree import ElementTree as ET

Element = ET.Element

_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document can hold (its production 2)."""


def root(tag: str, namespaces: Mapping[str, str]) -> Element:
    """Begin a document; ``namespaces`` by prefix, the default one by the empty prefix."""
    return ET.Element(tag, {f"xmlns:{prefix}" if prefix else "xmlns": uri for prefix, uri in namespaces.items()})


def add(parent: Element, tag: str, text: str = "", **attributes: str) -> None:
    """Add an element with a text; nothing is added for an empty text."""
    cleaned = _FORBIDDEN.sub("", text).strip()
    if cleaned:
        ET.SubElement(parent, tag, attributes).text = cleaned


def group(parent: Element, *tags: str) -> Element:
    """Add elements one inside the other and give the innermost."""
    for tag in tags:
        parent = ET.SubElement(parent, tag)
    return parent


def _without_empty(element: Element, keep: str) -> Element:
    """Take out groups that nothing was put into, but for those called ``keep``."""
    for child in list(element):
        _without_empty(child, keep)
        if not len(child) and not child.text and child.tag != keep:
            element.remove(child)
    return element


def document(element: Element, keep: str = "") -> bytes:
    """Write the document: UTF-8, indented, the same bytes each time, without empty groups but for ``keep``."""
    ET.indent(_without_empty(element, keep))
    text: bytes = ET.tostring(element, encoding="UTF-8", xml_declaration=True)
    return text + b"\n"


def money(value: Decimal) -> str:
    """Write an amount with two decimals, which is what EN 16931 allows at most."""
    return f"{value + 0:.2f}"


def number(value: Decimal) -> str:
    """Write a quantity, price or rate without needless zeros."""
    return f"{value.normalize() + 0:f}"


def day(value: date | None) -> str:
    """Write a day as ISO 8601 does, none as nothing."""
    return "" if value is None else value.isoformat()


def compact_day(value: date | None) -> str:
    """Write a day without dashes (UNTDID 2379, format 102), none as nothing."""
    return "" if value is None else f"{value:%Y%m%d}"
