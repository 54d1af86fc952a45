"""The benchmark measures what it says: the raw program writes what the services write, the copies are orders."""

from collections import Counter

from sqlalchemy import literal, select

from app.models import metadata
from app.models.base import Key
from app.services.database import Database
from bench import __main__ as bench
from bench.company import found
from bench.history import fill
from bench.o2c import ServiceSeller
from bench.raw import RawSeller

TEXTS = {
    "command_log": {"payload", "payload_hash", "previous_hash", "hash", "result"},
    "event": {"facts"},
    "log_head": {"hash"},
    "quote_version": {"fingerprint", "snapshot"},
    "shipment": {"printed"},
}
"""What each program words for itself."""


def company(databases):
    """Give the address of a newly founded company, and its masters."""
    url = databases.new_url()
    database = Database(url)
    masters = found(database)
    database.close()
    return url, masters


def stored(url):
    """Give all rows of all tables without their keys."""
    database = Database(url)
    rows = {}
    for table in metadata.sorted_tables:
        left_out = TEXTS.get(table.name, set())
        columns = [c for c in table.c if not isinstance(c.type, Key) and c.name not in left_out]
        wanted = select(*columns) if columns else select(literal(1)).select_from(table)
        rows[table.name] = Counter(database.read(lambda c, wanted=wanted: c.execute(wanted).fetchall()))
    database.close()
    return rows


def test_the_raw_program_writes_the_same_rows_as_the_services(databases):
    services, masters = company(databases)
    raw, _ = company(databases)
    for seller in (ServiceSeller(services, masters), RawSeller(raw)):
        for n in range(3):
            seller.sell(n)
        seller.close()
    theirs, ours = stored(services), stored(raw)
    for name in theirs:
        assert ours[name] == theirs[name], name
    assert theirs["sales_order"].total() == 3
    assert theirs["command_log"].total() == 4 + 3 * 9
    databases.drop(services)
    databases.drop(raw)


def test_a_copied_history_is_full_of_orders_and_the_next_one_is_sold(databases):
    url, masters = company(databases)
    before = stored(url)
    seller = ServiceSeller(url, masters)
    fill(seller, url, 50)
    filled = stored(url)
    assert filled["sales_order"].total() == 50
    assert filled["sales_order_line"].total() == 250
    assert filled["command_log"].total() == before["command_log"].total() + 50 * 9
    assert filled["stock_move"].total() == before["stock_move"].total() + 50 * 15
    seller.sell(50)
    seller.close()
    assert stored(url)["sales_order"].total() == 51
    databases.drop(url)


def test_the_command_line_reports_every_program_on_every_database(capsys):
    bench.main(["o2c", "--orders", "1", "--history", "2", "--database", "sqlite"])
    printed = capsys.readouterr().out
    rows = [line.split("|")[1:4] for line in printed.splitlines() if line.startswith("| sqlite")]
    assert [tuple(cell.strip() for cell in row) for row in rows] == [
        ("sqlite", "0", "Waybill"),
        ("sqlite", "0", "raw SQL"),
        ("sqlite", "2", "Waybill"),
        ("sqlite", "2", "raw SQL"),
    ]


def test_without_a_name_the_benchmarks_are_listed(capsys):
    assert bench.main([]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in bench.BENCHES)


def test_taking_over_is_measured(capsys):
    bench.main(["takeover", "--orders", "3", "--batch", "2"])
    assert "| 3 " in capsys.readouterr().out
