"""Pick lists, packing slips, delivery notes and package labels."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from app.errors import NotAllowed, NotFound
from app.models.carrier import LabelState, label_purchase
from app.models.order import sales_order, sales_order_line
from app.models.product import product
from app.models.shipment import PALLET, package, package_line, pick, pick_line, shipment, shipment_line
from app.models.stock import location
from app.services import letterheads, originals
from app.services.documents import delivery_note, packing_slip, pick_list, shipping_label
from app.services.documents.delivery_note import DeliveryNote
from app.services.documents.packing_slip import PackedPackage, PackingSlip
from app.services.documents.pick_list import PickLine, PickList
from app.services.documents.shipping_label import ShippingLabel
from app.services.documents.snapshots import Heading, Party, Transport
from app.services.originals import Goods, Original
from app.services.papers import parts, walking
from app.services.papers.paper import Paper
from app.services.parties import Address


def picks(connection: Connection, pick_id: UUID) -> Paper:
    """Print a pick list in walking order, with a code to scan on each line.

    Raises:
        NotFound: there is no such pick list.

    """
    head = connection.execute(
        select(pick, location.c.name.label("place"), sales_order.c.promised_on)
        .select_from(
            pick.outerjoin(location, location.c.id == pick.c.location_id).outerjoin(
                sales_order, sales_order.c.id == pick.c.order_id
            )
        )
        .where(pick.c.id == pick_id)
    ).one_or_none()
    if head is None:
        raise NotFound("Pick list", pick_id)
    ours = letterheads.now(connection)
    if head.released_at is not None:
        return walking.of_list(connection, head)
    rows = connection.execute(
        select(pick_line.c.bin, pick_line.c.wanted, product)
        .join(product, product.c.id == pick_line.c.product_id)
        .where(pick_line.c.pick_id == pick_id, pick_line.c.wanted > 0)
    )
    lines = tuple(
        PickLine(
            bin=row.bin,
            sku=row.sku,
            name=row.name,
            quantity=parts.written(Fraction(row.wanted, row.grain)),
            unit=row.unit,
            scan=row.barcode,
        )
        for row in rows
    )
    paper = PickList(
        number=head.number,
        dated=head.created_at.date(),
        company=parts.company(ours),
        lines=lines,
        language=ours.language,
        order_number=head.order_number,
        customer_name=head.customer_name,
        location=head.place or "",
        ship_by=head.promised_on,
    )
    return Paper(f"Pick list {head.number}", f"{head.number}.pdf", pick_list.build(paper))


def delivery(connection: Connection, shipment_id: UUID) -> Paper:
    """Print the delivery note of a shipment: what it carries, and what is still to come."""
    head = _shipment(connection, shipment_id)
    original = originals.of(connection, head)
    goods = _goods(connection, head, original)
    paper = DeliveryNote(
        heading=_heading(head, original),
        lines=tuple(parts.goods_line(one, one.carried, one.outstanding) for one in goods if one.carried),
        ship_to=parts.party(Address.from_json(head.ship_to)),
        transport=_transport(head, original),
    )
    return Paper(f"Delivery note {head.number}", f"{head.number}.pdf", delivery_note.build(paper))


def slip(connection: Connection, shipment_id: UUID) -> Paper:
    """Print the packing slip of a packed shipment: each package with its contents.

    Raises:
        NotAllowed: the shipment has no packages yet.

    """
    head = _shipment(connection, shipment_id)
    packages = _packages(connection, head)
    positions = {one.id: one.position for one in packages}
    packages.sort(key=lambda one: (positions.get(one.parent_id, one.position), one.position))
    original = originals.of(connection, head)
    goods = {one.line_id: one for one in _goods(connection, head, original)}
    packed = []
    for one in packages:
        contents = connection.execute(select(package_line).where(package_line.c.package_id == one.id))
        inside = [parts.goods_line(goods[row.order_line_id], row.quantity) for row in contents]
        packed.append(
            PackedPackage(
                position=one.position,
                lines=tuple(sorted(inside, key=lambda line: int(line.position))),
                sscc=one.sscc,
                tracking_number=one.tracking_number,
                weight_g=one.weight_g,
                length_mm=one.length_mm,
                width_mm=one.width_mm,
                height_mm=one.height_mm,
                is_pallet=one.kind == PALLET,
                on=positions.get(one.parent_id),
            )
        )
    paper = PackingSlip(
        heading=_heading(head, original),
        packages=tuple(packed),
        ship_to=parts.party(Address.from_json(head.ship_to)),
        transport=_transport(head, original),
    )
    return Paper(f"Packing slip {head.number}", f"{head.number}-packing.pdf", packing_slip.build(paper))


def labels(connection: Connection, shipment_id: UUID) -> list[Paper]:
    """Print one label per package: the carrier's own where one was bought, else ours with SSCC and tracking number.

    Raises:
        NotFound: there is no such shipment.
        NotAllowed: the shipment has no packages yet.

    """
    head = _shipment(connection, shipment_id)
    bought = bought_labels(connection, shipment_id, "pdf")
    found = []
    for package_id, paper in label_snapshots(connection, shipment_id):
        name = f"{head.number}-label-{paper.package}.pdf"
        found.append(Paper(f"Label {head.number}", name, bought.get(package_id) or shipping_label.build(paper)))
    return found


def label_snapshots(connection: Connection, shipment_id: UUID) -> list[tuple[UUID, ShippingLabel]]:
    """Give what the label of each package prints, with the package's id.

    What stands on a pallet goes by the pallet's label, unless it was given a label of its own.

    Raises:
        NotFound: there is no such shipment.
        NotAllowed: the shipment has no packages yet.

    """
    head = _shipment(connection, shipment_id)
    packages = _labelled(connection, head)
    original = originals.of(connection, head)
    ours = parts.company(original.letterhead)
    found = []
    for one in packages:
        paper = ShippingLabel(
            ship_from=Party(ours.name, ours.address),
            ship_to=parts.party(Address.from_json(head.ship_to)),
            carrier=head.carrier,
            service=head.service,
            tracking_number=one.tracking_number or head.tracking_number,
            sscc=one.sscc,
            package=one.position,
            packages=len(packages),
            weight_g=one.weight_g,
            order_number=head.order_number,
            po_number=_po_number(head, original),
            shipped_on=head.shipped_at.date() if head.shipped_at else None,
        )
        found.append((one.id, paper))
    return found


def _labelled(connection: Connection, head: Any) -> list[Any]:
    """Read the packages that bear labels: what stands on the floor, and what has a label though it stands on it."""
    packages = _packages(connection, head)
    if all(one.parent_id is None for one in packages):
        return packages
    known = label_purchase.c
    own = select(known.package_id).where(known.shipment_id == head.id, known.state != LabelState.VOID)
    bearing = set(connection.execute(own).scalars())
    return [one for one in packages if one.parent_id is None or one.id in bearing]


def bought_labels(connection: Connection, shipment_id: UUID, wanted: str) -> dict[UUID, bytes]:
    """Read the labels carriers sold for a shipment's packages in a format (``pdf`` or ``zpl``), by package."""
    known = label_purchase.c
    rows = connection.execute(
        select(known.package_id, known.label).where(
            known.shipment_id == shipment_id,
            known.state == LabelState.DONE,
            known.label_format == wanted,
            known.label.is_not(None),
        )
    )
    return {row.package_id: row.label for row in rows}


def has_packages(connection: Connection, shipment_id: UUID) -> bool:
    """Tell whether a shipment was packed into packages."""
    mine = select(package.c.id).where(package.c.shipment_id == shipment_id)
    return connection.execute(mine).first() is not None


def _shipment(connection: Connection, shipment_id: UUID) -> Any:
    row = connection.execute(
        select(shipment, sales_order.c.customer_po.label("order_po"), sales_order.c.billing_address)
        .join(sales_order, sales_order.c.id == shipment.c.order_id)
        .where(shipment.c.id == shipment_id)
    ).one_or_none()
    if row is None:
        raise NotFound("Shipment", shipment_id)
    return row


def _goods(connection: Connection, head: Any, original: Original) -> list[Goods]:
    """Give what a shipment carries: as it left, or as its order reads while it has not."""
    if original.final:
        return list(original.printed.goods)
    line = sales_order_line.c
    carried = shipment_line.c.planned
    missing = line.ordered - line.cancelled - line.shipped + line.returned_open
    not_left = 0 if head.shipped_at else carried  # what lies in this shipment is not still to come after it
    rows = connection.execute(
        select(
            line.id.label("line_id"),
            line.position,
            line.sku,
            line.name,
            line.description,
            line.quantity.label("ordered"),
            line.unit,
            line.numerator,
            line.denominator,
            product.c.grain,
            carried.label("carried"),
            (missing - not_left).label("outstanding"),
        )
        .join(sales_order_line, line.id == shipment_line.c.order_line_id)
        .join(product, product.c.id == shipment_line.c.product_id)
        .where(shipment_line.c.shipment_id == head.id)
        .order_by(line.position)
    )
    return [Goods(**row._mapping) for row in rows]


def _packages(connection: Connection, head: Any) -> list[Any]:
    found = list(
        connection.execute(select(package).where(package.c.shipment_id == head.id).order_by(package.c.position))
    )
    if not found:
        raise NotAllowed(f"Shipment {head.number} is not packed yet. Pack it, then print its packages.")
    return found


def _heading(head: Any, original: Original) -> Heading:
    return parts.heading(
        original,
        head,
        number=head.number,
        dated=(head.shipped_at or head.created_at).date(),
        address=original.printed.bill_to if original.final else head.billing_address,
        po_number=_po_number(head, original),
        order_number=head.order_number,
    )


def _po_number(head: Any, original: Original) -> str:
    number: str = original.printed.customer_po if original.final else head.order_po
    return number


def _transport(head: Any, original: Original) -> Transport:
    tracking = original.printed.tracking_number if original.final else head.tracking_number
    return Transport(head.carrier, head.service, tracking, head.packages, head.weight_g)
