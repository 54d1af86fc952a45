"""The paper of a work order, printed from the books."""

from datetime import date
from decimal import Decimal

from app.models.sourcing import Supply
from app.models.supply import Way
from app.services import papers, work_orders
from app.services.bills import Step
from app.services.papers import Wanted
from tests.services.documents.reading import text
from tests.supply_desk import FRIDAY, GRAIN, supply_desk


def test_a_work_order_prints_its_parts_its_route_and_whom_it_is_for(sqlite_database):
    desk = supply_desk(sqlite_database)
    desk.bill((Step("Turn", desk.center("LATHE", 120), Decimal(15), Decimal(30)),), code="B")
    way = desk.way(desk.pump, Way.MAKE)
    work = desk.do("work.plan", lambda tx: work_orders.plan(tx, way, 2 * GRAIN, FRIDAY, location_id=desk.main))
    _, line = desk.order(desk.pump, 2)
    desk.peg(line, Supply.WORK_ORDER, work, 2)
    paper = desk.read(papers.build, [Wanted("work_order", work)])
    said = " ".join(text(paper.pdf).split())
    assert paper.title == "Work order WO-00001"
    for wanted in ("HOUSING", "SENSOR", "Turn", "Lathe", "75", "SO-00001 Harbor & Finch", f"{date(2026, 11, 6).day}"):
        assert wanted in said, wanted
