"""The manifest a carrier's driver signs."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from app.services import letterheads, manifests
from app.services.documents import manifest as document
from app.services.documents.manifest import Manifest, ManifestLine
from app.services.papers import parts
from app.services.papers.paper import Paper
from app.services.parties import Address


def manifest(connection: Connection, manifest_id: UUID) -> Paper:
    """Print the manifest of a carrier's day.

    Raises:
        NotFound: there is no such manifest.

    """
    head = manifests.get(connection, manifest_id)
    ours = letterheads.now(connection)
    lines = tuple(
        ManifestLine(row.number, row.tracking_number, row.sscc, _destination(row.ship_to), row.weight_g)
        for row in manifests.lines(connection, manifest_id)
    )
    paper = Manifest(
        head.number,
        head.carrier,
        head.handed_over_on,
        parts.company(ours),
        lines,
        language=ours.language,
        carrier_reference=head.carrier_reference,
    )
    return Paper(f"Manifest {head.number}", f"{head.number}.pdf", document.build(paper))


def _destination(ship_to: str) -> str:
    to = Address.from_json(ship_to)
    return " ".join(part for part in (to.country, to.postal_code, to.city) if part) or to.name
