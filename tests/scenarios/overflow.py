"""``overflow``: a bin that holds too much is relieved down to its target."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import partial

from app.services import products, shelves, stock, stock_ledger, warehouses
from app.services.placing import Put
from app.services.warehouses import NewBin
from tests.scenarios import flow_company
from tests.scenarios.cases import Case
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.running import adapter, finish


@adapter("overflow")
def run_overflow(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        if round_.steps:
            raise NotCovered("steps")
        given, expected = Facts(round_.given), round_.expected()
        moved = _relieve(*(given.number(name) for name in ("on_hand", "max", "target")))
        if "move" in expected:
            checks.figure("move", expected.value("move", "0"), moved)
        finish(given, expected)


def _relieve(on_hand: Decimal, most: Decimal, target: Decimal) -> Fraction:
    company = flow_company.found(Facts({}))
    try:
        new = products.NewProduct("P", "P", Decimal(10))
        product_id = company.products["P"] = company.do("product.add", partial(products.add, new=new))
        place = company.read(stock_ledger.main_location)
        bins = [NewBin("FRONT", kind="pick_face"), NewBin("BACK", kind="bulk")]
        front, back = company.do("bin.add", partial(warehouses.add_bins, location_id=place, new=bins))
        if on_hand:
            put = partial(stock.receive, product_id=product_id, quantity=on_hand, puts=[Put(on_hand, front)])
            company.do("stock.receive", put)
        grain = company.grain("P")
        step = partial(
            shelves.relieve,
            location_id=place,
            product_id=product_id,
            bin_id=front,
            to_bin_id=back,
            most=int(most * grain),
            target=int(target * grain),
        )
        said = company.do("goods.relieve", step)
        lying = sum(one.quantity for one in company.read(lambda c: shelves.of_bin(c, back)))
        if lying != said:
            raise AssertionError(f"{said} were said to be moved, and {lying} were")
        return Fraction(said, grain)
    finally:
        company.close()
