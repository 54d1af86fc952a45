"""What forms and categories of electronic invoices are called on screens."""

from __future__ import annotations

from typing import Final

from app.models.einvoice import Category, Form

FORMS: Final = {
    Form.NONE: "none, only the paper",
    Form.XRECHNUNG_UBL: "XRechnung (UBL)",
    Form.XRECHNUNG_CII: "XRechnung (CII)",
    Form.PEPPOL: "Peppol BIS Billing",
    Form.FACTUR_X: "Factur-X / ZUGFeRD (PDF)",
}
CATEGORIES: Final = {
    "": "by the tax and the country",
    Category.STANDARD: "taxed at its rate",
    Category.ZERO: "zero rate",
    Category.EXEMPT: "exempt",
    Category.REVERSE_CHARGE: "reverse charge",
    Category.WITHIN_EU: "supply within the EU",
    Category.EXPORT: "export",
    Category.OUTSIDE: "not subject to tax",
}
PLACES: Final = {
    "company": "Settings",
    "customer": "Customer",
    "tax": "Settings, taxes",
    "unit": "Settings, units",
    "invoice": "This invoice",
}
"""Where a finding is put right."""
