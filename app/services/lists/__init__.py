"""The lists of the program: what each shows, how it is ordered, filtered, searched and summed."""

from app.services.lists.billing import INVOICES, PAYMENTS, InvoiceRow, PaymentRow
from app.services.lists.fulfilling import PICKS, RETURNS, SHIPMENTS, PickRow, ReturnRow, ShipmentRow
from app.services.lists.making import WORK, WorkRow
from app.services.lists.masters import CUSTOMERS, PRODUCTS, CustomerRow, ProductRow
from app.services.lists.selling import OPEN_STAGES, ORDERS, QUOTES, OrderRow, QuoteRow

__all__ = [
    "CUSTOMERS",
    "INVOICES",
    "OPEN_STAGES",
    "ORDERS",
    "PAYMENTS",
    "PICKS",
    "PRODUCTS",
    "QUOTES",
    "RETURNS",
    "SHIPMENTS",
    "WORK",
    "CustomerRow",
    "InvoiceRow",
    "OrderRow",
    "PaymentRow",
    "PickRow",
    "ProductRow",
    "QuoteRow",
    "ReturnRow",
    "ShipmentRow",
    "WorkRow",
]
