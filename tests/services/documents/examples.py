"""An invented company, its customer, and one example of every paper, as big as asked for."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

from app.services.documents.account_statement import AccountStatement, StatementLine
from app.services.documents.credit_note import CreditNote
from app.services.documents.delivery_note import DeliveryNote
from app.services.documents.invoice import Invoice
from app.services.documents.manifest import Manifest, ManifestLine
from app.services.documents.order_confirmation import OrderConfirmation
from app.services.documents.packing_slip import PackedPackage, PackingSlip
from app.services.documents.pick_list import PickLine, PickList
from app.services.documents.proforma_invoice import ProformaInvoice
from app.services.documents.purchase_order import Asked, PurchaseOrder
from app.services.documents.quote import Quote
from app.services.documents.reminder_letter import ReminderLetter, ReminderLine
from app.services.documents.return_slip import ReturnSlip
from app.services.documents.shipping_label import ShippingLabel
from app.services.documents.snapshots import (
    Company,
    Currency,
    Deposit,
    GoodsLine,
    Heading,
    PaperLine,
    Party,
    Priced,
    Signature,
    TotalsKind,
    TotalsRow,
    Transport,
)
from app.services.documents.work_order import PartLine, StepLine, WorkPaper

DAY = date(2026, 11, 3)
SSCC = "340123450000000185"


def png(width: int = 300, height: int = 100) -> bytes:
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    ImageDraw.Draw(image).line([(10, 80), (90, 10), (150, 90), (290, 40)], fill=(20, 30, 90, 255), width=5)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


COMPANY = Company(
    name="Nordlicht Werkzeuge GmbH",
    address=("Speicherstraße 14", "20457 Hamburg", "Germany"),
    contact=("+49 40 5550 1420", "sales@nordlicht.example"),
    bank=("Hamburger Sparkasse", "IBAN DE89 3704 0044 0532 0130 00", "BIC COBADEFFXXX"),
    vat_number="DE123456789",
    registration="Amtsgericht Hamburg HRB 98765",
    logo=png(),
)
CUSTOMER = Party(
    name="Bergmann & Söhne AG",
    address=("Industriestraße 22", "70565 Stuttgart", "Germany"),
    contact="Dr. Sabine Keller",
    number="C-10042",
    vat_number="DE811907980",
)
GOODS = (
    ("HX-M8-30", "Hex bolt M8 × 30", "DIN 933, strength class 8.8"),
    ("DRL-18V", "Cordless drill 18 V", "with two batteries"),
    ("GLV-L", "Work gloves, size L", ""),
    ("SAW-305", "Mitre saw 305 mm", "1,800 W, laser guide.\nDust bag and clamps."),
)


def heading(number: str, **changes: Any) -> Heading:
    usual = {"po_number": "PO-77-4410", "order_number": "SO-H1-01042", "clerk": "Jonas Meier"}
    return Heading(number, DAY, changes.pop("company", COMPANY), changes.pop("customer", CUSTOMER), **usual | changes)


def lines(count: int, seed: int = 1) -> tuple[PaperLine, ...]:
    """Lines with amounts of any size and sign, two to four decimals; the position is also in the name."""
    rng = random.Random(seed)
    found = []
    for index in range(1, count + 1):
        sku, name, description = GOODS[index % len(GOODS)]
        amount = Decimal(rng.randint(-30_000, 9_000_000)).scaleb(-rng.choice((2, 2, 2, 3, 4)))
        found.append(
            PaperLine(
                position=str(index),
                name=f"{name} #{index}",
                sku=sku,
                description=description,
                quantity=Decimal(rng.randint(1, 5000)).scaleb(-rng.choice((0, 0, 1))),
                unit=("pcs", "box")[index % 2],
                unit_price=Decimal(rng.randint(1, 999_999)).scaleb(-2),
                discount_percent=Decimal(index % 3 * 5),
                tax_codes=("S",),
                amount=amount,
            )
        )
    return tuple(found)


def priced(count: int, seed: int = 1) -> Priced:
    rows = lines(count, seed)
    net = sum((row.amount or Decimal(0) for row in rows), Decimal(0))
    return Priced(
        Currency("EUR"),
        rows,
        (
            TotalsRow(TotalsKind.UNTAXED, net),
            TotalsRow(TotalsKind.TAX, Decimal("190.07"), "VAT 19%", net),
            TotalsRow(TotalsKind.TOTAL, Decimal("1190.44")),
            TotalsRow(TotalsKind.DEPOSIT, Decimal("-357.13"), "Deposit invoice INV-H1-00290"),
            TotalsRow(TotalsKind.OPEN, Decimal("833.31")),
        ),
    )


def goods(count: int) -> tuple[GoodsLine, ...]:
    return tuple(
        GoodsLine(row.position, row.name, Decimal(int(row.position)), row.unit, row.sku, row.description, Decimal(9999))
        for row in lines(count)
    )


def picks(count: int) -> tuple[PickLine, ...]:
    return tuple(
        PickLine(f"{'ABC'[i % 3]}-{i % 12}-{i % 5}", f"SKU-{i:04d}", f"Thing #{i}", Decimal(i + 1), "pcs")
        for i in range(count)
    )


SIGNATURE = Signature("Sabine Keller", DAY, png())
TRANSPORT = Transport("Nordpaket", "Express 12:00", "JJD000390007812345678", 2, 12_500)


def manifest(count: int) -> Manifest:
    lines = tuple(
        ManifestLine(f"SH-H1-{n:05}", f"JJD00039000781234{n:04}", SSCC, f"DE 70565 Stuttgart {n}", 4_200)
        for n in range(count)
    )
    return Manifest("MAN-H1-00017", "Nordpaket", DAY, COMPANY, lines, carrier_reference="NP-2026-330")


def work_order(count: int) -> WorkPaper:
    parts = tuple(
        PartLine(f"P-{n:04}", f"Part {n}", f"A-{n:02}", Decimal(n + 1), Decimal(n % 2), "piece") for n in range(count)
    )
    steps = tuple(StepLine(f"Step {n}", "Lathe", Decimal(30 + n), DAY, DAY) for n in range(min(count, 5)))
    return WorkPaper(
        "WO-H1-00007",
        "PUMP-40",
        "Pump, bronze",
        Decimal(12),
        "piece",
        COMPANY,
        parts,
        steps,
        begins_on=DAY,
        ready_on=DAY,
        location="Main",
        maker="Lathe Works",
        bill="B",
        made_for="SO-H1-01042 Nordlicht",
        notes="Deburr all edges.",
    )


def purchase_order(count: int) -> PurchaseOrder:
    return PurchaseOrder(
        heading("PO-H1-00031"),
        priced(count),
        tuple(Asked(f"OR-{n}", DAY if n % 2 else None) for n in range(len(priced(count).lines))),
        ship_to="Plant 2\n70327 Stuttgart",
        reference="DS-77",
        payment_terms="30 days net",
    )


def shipping_label() -> ShippingLabel:
    return ShippingLabel(
        Party(COMPANY.name, COMPANY.address),
        CUSTOMER,
        "Nordpaket",
        "Express 12:00",
        "JJD000390007812345678",
        SSCC,
        1,
        2,
        4_200,
        "SO-H1-01042",
        "PO-77-4410",
        DAY,
    )


def reminder(count: int) -> ReminderLetter:
    return ReminderLetter(
        heading("DL-H1-00012"),
        "Second reminder",
        Currency("EUR"),
        tuple(ReminderLine(f"INV-{n}", DAY, DAY, 21, Decimal("119.00")) for n in range(count)),
        Decimal("119.00") * count,
        Decimal("10.00"),
        Decimal("0.55"),
        Decimal("5.00"),
        Decimal("119.00") * count + Decimal("15.55"),
        text="Please pay what is listed below within seven days.",
    )


def account_statement(count: int) -> AccountStatement:
    return AccountStatement(
        heading("C-00042"),
        Currency("EUR"),
        DAY,
        DAY,
        Decimal("20.00"),
        Decimal("20.00") + count * 10,
        tuple(
            StatementLine(DAY, f"INV-{n}", "Invoice", Decimal(10), Decimal(0), Decimal(30 + 10 * n))
            for n in range(count)
        ),
    )


def proforma_invoice(count: int) -> ProformaInvoice:
    return ProformaInvoice(
        heading("PF-SO-H1-01042-A1-R"),
        priced(count),
        quote_number="QU-H1-00077",
        valid_until=DAY,
        planned_delivery=DAY,
        ship_to="Plant 2\n70327 Stuttgart",
        payment_terms="30 days net",
        deposits=(Deposit("30% deposit", Decimal("300.00"), DAY),),
        payment_reference="PF-SO-H1-01042-A1-R",
        payment_code="BCD\n002\n1\nSCT\nCOBADEFFXXX\nNordlicht\nDE89370400440532013000\nEUR833.31\n\n\nPF-SO-H1-01042",
        notes="Payable in advance.",
        is_rest=True,
    )


def papers(count: int = 3) -> dict[str, Any]:
    """One snapshot per paper, with ``count`` lines each."""
    return {
        "quote": Quote(
            heading("QU-H1-00077"),
            priced(count),
            valid_until=DAY,
            version=2,
            planned_delivery="3 weeks",
            payment_terms="30 days net",
            deposits=(Deposit("30% deposit", Decimal("300.00"), DAY),),
            introduction="Thank you for your enquiry.",
            notes="Prices hold for the quantities quoted.",
        ),
        "order_confirmation": OrderConfirmation(
            heading("SO-H1-01042"),
            priced(count),
            quote_number="QU-H1-00077",
            delivery_on=DAY,
            ship_to="Plant 2\n70327 Stuttgart",
            payment_terms="30 days net",
            signature=SIGNATURE,
        ),
        "purchase_order": purchase_order(count),
        "proforma_invoice": proforma_invoice(count),
        "pick_list": PickList("PK-H1-00981", DAY, COMPANY, picks(count), order_number="SO-H1-01042", ship_by=DAY),
        "packing_slip": PackingSlip(
            heading("SH-H1-00412"),
            (PackedPackage(1, goods(count), SSCC, "JJD1", 4_200, 400, 300, 200), PackedPackage(2, goods(1))),
            transport=TRANSPORT,
        ),
        "shipping_label": shipping_label(),
        "delivery_note": DeliveryNote(heading("SH-H1-00412"), goods(count), CUSTOMER, TRANSPORT),
        "manifest": manifest(count),
        "reminder": reminder(count),
        "account_statement": account_statement(count),
        "work_order": work_order(count),
        "return_slip": ReturnSlip(heading("RMA-H1-00031"), goods(count), CUSTOMER, "Scratched in transit", DAY),
        "invoice": Invoice(
            heading("INV-H1-00318"),
            priced(count),
            due_on=DAY,
            delivered_on=DAY,
            payment_terms="30 days net",
            payment_reference="INV-H1-00318",
            payment_code="BCD\n002\n1\nSCT\nCOBADEFFXXX\nNordlicht\nDE89370400440532013000\nEUR833.31\n\n\nINV-H1-00318",
        ),
        "credit_note": CreditNote(
            heading("CN-H1-00012"), priced(count), invoice_number="INV-H1-00318", invoice_dated=DAY, reason="Damaged"
        ),
    }
