"""What goes to a label printer: labels of packages, articles and bins as ZPL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.errors import NotAllowed, NotFound
from app.models.product import product
from app.models.stock import location, storage_bin
from app.services import companies
from app.services.documents import zpl_labels
from app.services.documents.zpl import Resolution
from app.services.documents.zpl_labels import ItemLabel, ShelfLabel
from app.services.papers import fulfilling
from app.services.papers.paper import Wanted

Roll = list[tuple[str, bytes]]
"""One piece of ZPL for each label that is printed and reprinted by itself, with a title for people."""


def build(connection: Connection, wanted: Wanted, resolution: Resolution) -> Roll:
    """Make what a label printer prints for a document.

    Raises:
        NotFound: the document does not exist.
        NotAllowed: it has nothing to print yet, or is of a kind that goes on paper.

    """
    if wanted.kind not in KINDS:
        raise NotAllowed(f"There is no label for this: {wanted.kind.replace('_', ' ')}.")
    return KINDS[wanted.kind](connection, wanted.document_id, resolution)


def _packages(connection: Connection, shipment_id: UUID, resolution: Resolution) -> Roll:
    """Give the carrier's own label where it sold one as ZPL, else ours."""
    bought = fulfilling.bought_labels(connection, shipment_id, "zpl")
    known = fulfilling.label_snapshots(connection, shipment_id)
    return [
        (
            f"Label {label.order_number} {label.package}/{label.packages}",
            bought.get(package_id) or zpl_labels.shipping([label], resolution),
        )
        for package_id, label in known
    ]


def _item(connection: Connection, product_id: UUID, resolution: Resolution) -> Roll:
    row = connection.execute(select(product).where(product.c.id == product_id)).one_or_none()
    if row is None:
        raise NotFound("Product", product_id)
    language = companies.get(connection).language
    label = ItemLabel(row.sku, row.name, row.barcode, language=language)
    return [(f"Label {row.sku}", zpl_labels.items([label], resolution))]


def _shelf(connection: Connection, product_id: UUID, resolution: Resolution) -> Roll:
    row = connection.execute(select(product).where(product.c.id == product_id)).one_or_none()
    if row is None:
        raise NotFound("Product", product_id)
    if not row.bin:
        raise NotAllowed(f"{row.sku} stands in no bin. Give it one, then print the shelf label.")
    return [(f"Shelf {row.bin}", zpl_labels.shelves([ShelfLabel(row.bin, row.sku, row.name)], resolution))]


def _bin(connection: Connection, bin_id: UUID, resolution: Resolution) -> Roll:
    """Give a bin's own label: its code, its bars and its warehouse."""
    row = connection.execute(
        select(storage_bin.c.code, location.c.name)
        .join(location, location.c.id == storage_bin.c.location_id)
        .where(storage_bin.c.id == bin_id)
    ).one_or_none()
    if row is None:
        raise NotFound("Bin", bin_id)
    return [(f"Bin {row.code}", zpl_labels.shelves([ShelfLabel(row.code, location=row.name)], resolution))]


KINDS: Final[dict[str, Callable[[Connection, UUID, Resolution], Roll]]] = {
    "label": _packages,
    "item_label": _item,
    "shelf_label": _shelf,
    "bin_label": _bin,
}
"""Which label is made for which kind of document."""
