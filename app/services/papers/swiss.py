"""Which QR-bill an invoice prints: of a company with a Swiss account, for what is asked in francs or euros."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from stdnum import iban as ibans

from app.models import payment_references as references
from app.services.documents.swiss_bill import BillParty, SwissBill
from app.services.letterheads import Letterhead
from app.services.originals import Original
from app.services.parties import Address

CURRENCIES: Final = ("CHF", "EUR")
LARGEST: Final = Decimal("999999999.99")


def bill(original: Original, head: Any) -> SwissBill | None:
    """Give the QR-bill of an invoice; None where it has no number yet, or one cannot be paid by such a bill.

    With a QR-IBAN it has a QR reference, else a creditor reference (ISO 11649), each made of the invoice's number.
    """
    ours, number = original.letterhead, head.number or ""
    iban = ibans.compact(ours.qr_iban or ours.iban)
    payable = head.currency in CURRENCIES and 0 < head.total <= LARGEST and number
    if not (payable and iban.startswith(references.SWISS) and ibans.is_valid(iban)):
        return None
    creditor = _party(ours.name, ours)
    if creditor is None:
        return None
    qr = references.is_qr_iban(iban)
    reference = references.qr_reference(number) if qr else references.creditor_reference(number)
    if qr and not reference:
        return None
    address = Address.from_json(head.billing_address)
    return SwissBill(
        iban,
        creditor,
        head.total,
        head.currency,
        "QRR" if qr else "SCOR" if reference else "NON",
        reference,
        _party(address.name or head.customer_name, address, ours.country),
        number,
        original.printed.language or ours.language,
    )


def _party(name: str, place: Letterhead | Address, country: str = "") -> BillParty | None:
    """Give an address as bills need it, None where it lacks its postal code or town."""
    found = BillParty(
        name.strip(),
        ", ".join(line.strip() for line in place.street.split("\n") if line.strip()),
        place.postal_code.strip(),
        place.city.strip(),
        (place.country or country).upper(),
    )
    return found if found.name and found.postal_code and found.city and len(found.country) == 2 else None
