"""Prepared statements give what SQLAlchemy gives, on both databases, and find their rows by an index."""

import importlib
import pkgutil
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from app import services
from app.errors import NotAllowed
from app.models.base import Key, new_id
from app.models.company import carrier, company, currency, exchange_rate
from app.models.log import event
from app.models.party import customer
from app.services import companies, parties
from app.services.database import Database
from app.services.memory import Remembered
from app.services.statements import LONGEST_LIST, Prepared, execute_text

AT = datetime(2026, 11, 25, 9, 30, 0, 123456, tzinfo=UTC)
SHORT = {"account", "carrier", "company", "currency", "location", "node", "payment_term", "site", "tax"}
SHORT |= {"promotion", "promotion_product", "promotion_step"}
SHORT |= {"account_rule", "tax_registration", "tax_rule"}
SHORT |= {"price_list", "approval_rule", "recurring_order", "quote_template"}
SHORT |= {"forecast_run", "demand_event"}
"""Tables that stay short however large the company grows; they may be read from end to end."""

BY_IDS = select(customer).where(customer.c.id.in_(bindparam("ids", type_=Key, expanding=True))).order_by(customer.c.id)
EVENTS = select(event).where(event.c.subject_id == bindparam("subject", type_=Key), event.c.name.in_(["a.b", "c.d"]))


@pytest.fixture
def books(database):
    """A company with ten customers; gives a function that runs a command."""

    def do(op):
        return database.run("test.do", op, by="ann", at=AT).value

    do(lambda tx: companies.found(tx, companies.Founding("Delta", "NL", "EUR")))
    do(lambda tx: parties.add_many(tx, [parties.NewCustomer(f"Harbor {n}") for n in range(10)]))
    return do


def test_rows_are_those_of_a_plain_statement_value_by_value(database, books):
    subject = new_id()
    books(lambda tx: tx.record("a.b", subject, None, amount=Decimal("1.50")))
    statement = Prepared(EVENTS)

    def compare(connection):
        (ours,) = statement.all(connection, subject=subject)
        theirs = connection.execute(EVENTS, {"subject": subject}).one()
        assert ours._asdict() == dict(theirs._mapping)
        assert {name: type(value) for name, value in ours._asdict().items()} == {
            name: type(value) for name, value in theirs._mapping.items()
        }
        assert ours.at == AT
        assert statement.first(connection, subject=new_id()) is None
        assert statement.value(connection, subject=subject) == theirs.id

    database.read(compare)


def test_a_list_may_have_any_length(database, books):
    statement = Prepared(BY_IDS)
    ids = sorted(database.read(lambda c: c.execute(select(customer.c.id)).scalars().all()))
    for length in range(1, 11):
        assert database.read(lambda c, n=length: statement.values(c, ids=ids[:n])) == ids[:length]
    many = [*ids, *(new_id() for _ in range(LONGEST_LIST - len(ids)))]
    assert database.read(lambda c: statement.values(c, ids=many)) == ids


def test_all_that_one_read_sees_belongs_to_one_point_in_time(database, books):
    statement = Prepared(select(company.c.name))

    def read_twice(connection):
        first = statement.value(connection)
        books(lambda tx: companies.change(tx, {"name": "Changed"}))
        return first, statement.value(connection)

    assert database.read(read_twice) == ("Delta", "Delta")
    assert database.read(statement.value) == "Changed"


def test_what_the_database_refuses_is_the_error_sqlalchemy_gives(database, books):
    row = {"id": new_id(), "code": "DHL", "name": "DHL", "services": "", "tracking_url": "", "active": True}
    books(lambda tx: tx.insert(carrier, dict(row)))
    with pytest.raises(IntegrityError, match="carrier"):
        books(lambda tx: tx.insert(carrier, {**row, "id": new_id()}))
    with database.engine.connect() as connection, pytest.raises(DBAPIError, match="nowhere"):
        execute_text(connection, "SELECT * FROM nowhere")


def test_a_number_too_fine_or_binary_is_refused_and_nothing_is_kept(database, books):
    rate = {"currency": "USD", "on": AT.date()}
    for wrong, error in ((Decimal("1.0000001"), ValueError), (1.5, TypeError), (1, TypeError)):
        with pytest.raises(error):
            books(lambda tx, wrong=wrong: tx.insert(exchange_rate, {**rate, "rate": wrong}))
    books(lambda tx: tx.insert(exchange_rate, {**rate, "rate": Decimal("1.5")}))
    with pytest.raises(TypeError):  # also after its equal was stored
        books(lambda tx: tx.insert(exchange_rate, {"currency": "GBP", "on": AT.date(), "rate": 1.5}))


def prepared_statements():
    """Give every prepared statement of the services, by module and name."""
    for module in pkgutil.walk_packages(services.__path__, "app.services."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, Prepared):
                yield f"{module.name}.{name}", value


def test_every_prepared_statement_finds_its_rows_by_an_index(sqlite_database):
    statements = dict(prepared_statements())
    assert len(statements) > 60
    with sqlite_database.engine.connect() as connection:
        for name, statement in statements.items():
            text = statement.text(connection)
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", (None,) * text.count("?")).fetchall()
            steps = [row[3] for row in plan if row[3] != "SCAN CONSTANT ROW"]  # its own parameters
            scanned = [step.split()[1] for step in steps if step.startswith("SCAN")]
            assert set(scanned) <= SHORT, f"{name} reads {scanned} from end to end"


def test_settings_are_remembered_until_somebody_changes_them(database, books):
    ours = Remembered(select(company.c.name))
    reads = []

    def name(tx):
        reads.append(ours.value(tx.connection))
        return reads[-1]

    def rename(words):
        return lambda tx: (companies.change(tx, {"name": words}), name(tx))[1]

    def rename_and_fail(tx):
        rename("Gamma")(tx)
        raise NotAllowed("not today")

    assert [books(name), books(name)] == ["Delta", "Delta"]
    assert books(rename("Epsilon")) == "Epsilon", "the command that changes it sees the change"
    with pytest.raises(NotAllowed):
        books(rename_and_fail)
    assert books(name) == "Epsilon", "what was undone is not remembered"
    other = Database(database.url)
    other.run("test.do", rename("Zeta"), by="bob", at=AT)
    other.close()
    assert books(name) == "Zeta", "another connection's change is seen by the next command"


def test_what_is_remembered_is_read_once_and_belongs_to_nobody(database, books):
    if database.dialect != "sqlite":
        pytest.skip("only a file tells whether somebody else wrote")
    ours = Remembered(select(currency.c.code).order_by(currency.c.code))

    def spoil(tx):
        ours.all(tx.connection).clear()
        asked = []
        tx.connection.connection.dbapi_connection.set_trace_callback(asked.append)
        try:
            return len(ours.all(tx.connection)), asked
        finally:
            tx.connection.connection.dbapi_connection.set_trace_callback(None)

    count, asked = books(spoil)
    assert count > 0
    assert asked == []
