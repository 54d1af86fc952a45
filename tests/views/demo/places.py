"""The places of the demo's window."""

from PySide6.QtWidgets import QVBoxLayout
from sqlalchemy import Connection, func, select

from app.views.context import Context
from app.views.screen import Finder, Found, Group, Place, Screen, Waiting
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.labels import Hairline
from app.views.widgets.page_header import PageHeader
from tests.views.demo.books import customer, order
from tests.views.demo.orders import EMAIL, HOLD, NEW, PACK, PRINT, RELEASE, OrdersScreen


class EmptyScreen(Screen):
    """A place nobody has built yet in the demo."""

    def __init__(self, context: Context, place_id: str, title: str, icon: str) -> None:
        super().__init__(context, place_id)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(PageHeader(title))
        layout.addWidget(Hairline())
        layout.addWidget(
            EmptyState(
                icon,
                "No returns yet",
                "When a customer sends goods back, start here: the order, the reason, and what to do with the stock "
                "and the money are kept together.",
                Button("New return", "plus", Kind.PRIMARY),
                Button("Scan a return label", "scan-barcode"),
            ),
            1,
        )


def _plain(place_id: str, title: str, icon: str, group: Group, count: int = 0, *, late: int = 0) -> Place:
    return Place(
        place_id,
        title,
        icon,
        group,
        lambda context: EmptyScreen(context, place_id, title, icon),
        waiting=(lambda _connection: Waiting(count, late)) if count else None,
    )


def find_customers(connection: Connection, words: str, limit: int) -> list[Found]:
    rows = connection.execute(
        select(customer.c.id, customer.c.name).where(customer.c.name.ilike(f"%{words}%")).limit(limit)
    )
    return [Found(row.id, row.name, "3 open orders · 9,840 EUR") for row in rows]


def find_orders(connection: Connection, words: str, limit: int) -> list[Found]:
    named = select(order.c.id, order.c.number, customer.c.name).join(customer, customer.c.id == order.c.customer_id)
    rows = connection.execute(
        named.where(order.c.number.ilike(f"%{words}%") | customer.c.name.ilike(f"%{words}%")).limit(limit)
    )
    return [Found(row.id, row.number, row.name, code=True) for row in rows]


def count_open(connection: Connection) -> Waiting:
    return Waiting(connection.execute(select(func.count()).select_from(order)).scalar_one())


PLACES = (
    _plain("today", "Today", "layout-dashboard", Group.TOP),
    _plain("quotes", "Quotes", "file-pen-line", Group.SELL, 18),
    Place(
        "demo_orders",
        "Orders",
        "file-text",
        Group.SELL,
        OrdersScreen,
        kinds=("order",),
        waiting=count_open,
        tables=("demo_order",),
        commands=(NEW, PACK, PRINT, EMAIL, RELEASE, HOLD),
        finders=(
            Finder("customer", "Customers", "building-2", find_customers),
            Finder("order", "Orders", "file-text", find_orders),
        ),
    ),
    _plain("customer", "Customers", "users", Group.SELL),
    _plain("products", "Products", "tag", Group.SELL),
    _plain("inventory", "Inventory", "boxes", Group.FULFIL),
    _plain("picking", "Picking", "scan-barcode", Group.FULFIL, 12),
    _plain("shipments", "Shipments", "truck", Group.FULFIL),
    _plain("returns", "Returns", "undo-2", Group.FULFIL, 3),
    _plain("invoices", "Invoices", "receipt", Group.BILL),
    _plain("payments", "Payments", "hand-coins", Group.BILL, 5, late=5),
)
