"""The lists of the program: what each shows, how it is ordered, filtered, searched and summed."""

from app.services.lists.banking import BANK_LINES, BankLineRow
from app.services.lists.billing import INVOICES, PAYMENTS, InvoiceRow, PaymentRow
from app.services.lists.buying import PURCHASES, SUPPLIERS, TRANSFERS, PurchaseRow, SupplierRow, TransferRow
from app.services.lists.counting import COUNTS, CountRow
from app.services.lists.forecasting import FORECASTS, ForecastRow
from app.services.lists.fulfilling import PICKS, RETURNS, SHIPMENTS, PickRow, ReturnRow, ShipmentRow
from app.services.lists.making import WORK, WorkRow
from app.services.lists.masters import CUSTOMERS, PRODUCTS, CustomerRow, ProductRow
from app.services.lists.selling import BLANKETS, OPEN_STAGES, ORDERS, QUOTES, BlanketRow, OrderRow, QuoteRow
from app.services.lists.stocking import STOCK, PlaceFigures, StockRow, stock_list, with_outlook
from app.services.lists.valuing import Scope, ValueRow, value_list

__all__ = [
    "BANK_LINES",
    "BLANKETS",
    "COUNTS",
    "CUSTOMERS",
    "FORECASTS",
    "INVOICES",
    "OPEN_STAGES",
    "ORDERS",
    "PAYMENTS",
    "PICKS",
    "PRODUCTS",
    "PURCHASES",
    "QUOTES",
    "RETURNS",
    "SHIPMENTS",
    "STOCK",
    "SUPPLIERS",
    "TRANSFERS",
    "WORK",
    "BankLineRow",
    "BlanketRow",
    "CountRow",
    "CustomerRow",
    "ForecastRow",
    "InvoiceRow",
    "OrderRow",
    "PaymentRow",
    "PickRow",
    "PlaceFigures",
    "ProductRow",
    "PurchaseRow",
    "QuoteRow",
    "ReturnRow",
    "Scope",
    "ShipmentRow",
    "StockRow",
    "SupplierRow",
    "TransferRow",
    "ValueRow",
    "WorkRow",
    "stock_list",
    "value_list",
    "with_outlook",
]
