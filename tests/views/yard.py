"""The small company with bins, a second warehouse, and milk in two lots, for the windows of the warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.services import products, shelves, stock, stock_sheet, warehouses
from app.services.placing import Put
from app.services.products import NewProduct
from app.services.warehouses import NewBin, NewWarehouse
from tests.views import small_company
from tests.views.small_company import MORNING, TODAY, SmallCompany


@dataclass
class Yard:
    """The small company with bins, a second warehouse, and milk in two lots."""

    company: SmallCompany
    main: UUID
    other: UUID
    bins: dict[str, UUID]
    milk: UUID

    def lying(self, product_id: UUID) -> dict[tuple[str, str], int]:
        """Grains by bin and lot."""
        found = self.company.read(lambda c: shelves.of_product(c, product_id))
        return {(one.bin, one.lot): one.quantity // one.grain for one in found}

    def sheet(self, product_id: UUID) -> stock_sheet.StockSheet:
        return self.company.read(lambda c: stock_sheet.read(c, product_id, MORNING))


def found(database: Any) -> Yard:
    company = small_company.found(database)
    main = company.read(warehouses.all_of)[0].id
    codes = ("A-1", "A-2", "B-1")
    new = [NewBin(code, code[0], 1, number, 1) for number, code in enumerate(codes, 1)]
    ids = company.do(lambda tx: warehouses.add_bins(tx, main, new))
    bins = dict(zip(codes, ids, strict=True))
    other = company.do(lambda tx: warehouses.add(tx, NewWarehouse("SHOP", "Shop")))
    company.do(lambda tx: stock.receive(tx, company.gasket, Decimal(7), location_id=other))
    milk = company.do(
        lambda tx: products.add(tx, NewProduct("MLK-1", "Milk", Decimal(2), tax_codes="V21", tracking="lot"))
    )
    puts = [
        Put(Decimal(5), bins["A-1"], "L-OLD", TODAY + timedelta(days=1)),
        Put(Decimal(9), bins["A-2"], "L-NEW", TODAY + timedelta(days=200)),
    ]
    company.do(lambda tx: stock.receive(tx, milk, Decimal(14), location_id=main, puts=puts))
    return Yard(company, main, other, bins, milk)
