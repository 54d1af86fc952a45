"""Lists of any size: what a reader answers is what a plain query would give, and the newest question wins."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from queue import Empty, Queue
from time import monotonic, sleep
from typing import NamedTuple
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, Text, delete, func, insert, select, update

from app.errors import Unavailable
from app.models.base import Exact, Key, new_id
from app.services.database import Database
from app.services.list_reader import ListReader
from app.services.listing import (
    PAGE,
    Counted,
    KeysRead,
    Linked,
    Listing,
    ListQuery,
    Opened,
    PageRead,
    ReadFailed,
    Refreshed,
    SelectionSummed,
    Summed,
    TabsCounted,
    Total,
    Words,
)
from tests.conftest import BOTH
from tests.databases import opened

COUNT = 400
PATIENCE_S = 20
schema = MetaData()
firm = Table("list_firm", schema, Column("id", Key, primary_key=True), Column("name", Text, nullable=False))
paper = Table(
    "list_paper",
    schema,
    Column("id", Key, primary_key=True),
    Column("number", Text, nullable=False),
    Column("firm_id", Key),
    Column("city", Text),
    Column("amount", Exact(4), nullable=False),
    Column("currency", Text, nullable=False),
)


note = Table(
    "list_note",
    schema,
    Column("id", Key, primary_key=True),
    Column("paper_id", Key, index=True),
    Column("words", Text, nullable=False),
    Column("kind_id", Key, index=True),
)
kind = Table("list_kind", schema, Column("id", Key, primary_key=True), Column("name", Text, nullable=False))


class PaperRow(NamedTuple):
    id: UUID
    number: str
    firm: str | None
    city: str | None
    amount: Decimal


NOTES = Linked(paper.c.id, note.c.paper_id, (note.c.words,))
KINDS = Linked(paper.c.id, note.c.paper_id, (kind.c.name,), via=(note.c.kind_id, kind.c.id))
PAPERS = Listing(
    name="papers",
    row=PaperRow,
    source=paper.outerjoin(firm, firm.c.id == paper.c.firm_id),
    columns=(paper.c.id, paper.c.number, firm.c.name, paper.c.city, paper.c.amount),
    tables=("list_paper",),
    sorts={"number": paper.c.number, "firm": firm.c.name, "city": paper.c.city, "amount": paper.c.amount},
    default_sort="number",
    filters={"city": paper.c.city.in_, "above": lambda limit: paper.c.amount > limit},
    search=(Words(paper.c.number), Linked(paper.c.firm_id, firm.c.id, (firm.c.name,)), NOTES, KINDS),
    totals={"amount": func.sum(paper.c.amount)},
    totals_by=paper.c.currency,
)
CITIES = ("Delft", "Gouda", None, "Leiden")
FIRMS = ("Harbor & Finch", "100 % Cotton", "under_score", "Élan Vital", *(f"Firm {n:03}" for n in range(96)))


def papers() -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    firms = [{"id": new_id(), "name": name} for name in FIRMS]
    rows = [
        {
            "id": new_id(),
            "number": f"P-{n * 7 % COUNT:05}",
            "firm_id": firms[n * 31 % len(firms)]["id"] if n % 9 else None,
            "city": CITIES[n % 4],
            "amount": Decimal(n * 7919 % 100_003).scaleb(-4),
            "currency": "EUR" if n % 3 else "USD",
        }
        for n in range(COUNT)
    ]
    return firms, rows


def fill(database: Database) -> Database:
    """Write the papers, the firms and the notes."""
    firms, rows = papers()
    with database.engine.begin() as connection:
        schema.create_all(connection)
        connection.execute(insert(firm), firms)
        connection.execute(insert(paper), rows)
        kinds = [{"id": new_id(), "name": name} for name in ("Phone", "Letter")]
        connection.execute(insert(kind), kinds)
        notes = [
            {"id": new_id(), "paper_id": row["id"], "words": words, "kind_id": kinds[place % 2]["id"]}
            for place, row in enumerate(rows)
            for words in (("urgent call", "urgent") if place % 3 else ("rare",) if place < 9 else ())
        ]
        connection.execute(insert(note), notes)
    return database


@pytest.fixture(scope="module", params=BOTH)
def filled(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A filled database of each kind in turn, for tests that only read."""
    with opened(request.getfixturevalue(f"{request.param}_databases")) as database:
        yield fill(database)


class Desk:
    """A window's side of a reader: asks, and waits for answers."""

    def __init__(self, database: Database) -> None:
        self.answers: Queue[object] = Queue()
        self.reader = ListReader(database, PAPERS, self.answers.put)

    def take(self, kind: type, **wanted: object) -> object:
        """The next answer of a kind; others before it are dropped, but a failure is not."""
        end = monotonic() + PATIENCE_S
        while (left := end - monotonic()) > 0:
            try:
                answer = self.answers.get(timeout=left)
            except Empty:
                break
            if isinstance(answer, ReadFailed) and kind is not ReadFailed:
                raise answer.error
            if isinstance(answer, kind) and all(getattr(answer, name) == value for name, value in wanted.items()):
                return answer
        raise AssertionError(f"no {kind.__name__} {wanted} came")

    def rows(self, query: ListQuery) -> list[PaperRow | None]:
        """All rows of a query, page by page."""
        generation = self.reader.open(query)
        first = self.take(Opened, generation=generation)
        total = self.take(Counted, generation=generation).total
        found: list[PaperRow | None] = []
        for number in range((total + PAGE - 1) // PAGE):
            self.reader.page(number)
            found += self.take(PageRead, generation=generation, number=number).rows
        assert len(found) == total
        assert list(first.rows) == found[:PAGE]
        assert first.complete == (total < PAGE)
        return found


@pytest.fixture
def desk(filled: Database) -> Iterator[Desk]:
    made = Desk(filled)
    yield made
    made.reader.close(wait=True)


def plain(database: Database, query: ListQuery) -> list[PaperRow]:
    """The same by one plain statement."""
    with database.engine.connect() as connection:
        condition = PAPERS.condition(query, database.dialect)
        statement = select(*PAPERS.columns).select_from(PAPERS.source).where(condition)
        return [PaperRow(*row) for row in connection.execute(statement.order_by(*PAPERS.order(query)))]


QUERIES = (
    ListQuery(),
    ListQuery(sort="amount", descending=True),
    ListQuery(sort="firm"),
    ListQuery(sort="city", descending=True),
    ListQuery(text="P-0001"),
    ListQuery(text="harbor"),
    ListQuery(text="firm 01", sort="amount"),
    ListQuery(filters=(("city", ("Delft", "Leiden")), ("above", Decimal("2.0001"))), sort="city"),
    ListQuery(text="urgent", sort="amount"),
    ListQuery(text="rare"),
    ListQuery(text="phone"),
    ListQuery(text="letter 0003", sort="city"),
    ListQuery(text="urgent delft", filters=(("city", ("Delft",)),)),
    ListQuery(text="no such thing"),
)


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: f"{q.text or '-'}-{q.sort or '-'}-{len(q.filters)}")
def test_pages_by_rank_are_the_rows_of_a_plain_query(desk, filled, query):
    assert desk.rows(query) == plain(filled, query)


def test_any_question_gives_what_a_plain_query_gives(desk, filled):
    texts = st.sampled_from(
        ("", "P-", "7", "00 ", "firm", "Harbor P-0", "urgent", "rare", "%", "_", "élan", "\\", "'; --")
    )
    filters = st.sampled_from(((), (("city", ("Gouda",)),), (("above", Decimal("6.5")),)))
    queries = st.builds(ListQuery, texts, filters, st.sampled_from(("", *PAPERS.sorts)), st.booleans())

    @given(queries)
    @settings(max_examples=15)
    def check(query: ListQuery) -> None:
        assert desk.rows(query) == plain(filled, query)

    check()


def test_what_is_typed_is_looked_for_as_it_stands(desk):
    def firms(text: str) -> set[str | None]:
        return {row.firm for row in desk.rows(ListQuery(text=text))}

    assert firms("0 %") == {"100 % Cotton"}, "two words, both in the name; % stands for itself"
    assert firms("r_s") == {"under_score"}, "_ stands for itself"
    assert firms("ÉLAN") == {"Élan Vital"}
    assert firms("hArBoR") == {"Harbor & Finch"}


def test_totals_are_exact_and_by_currency(desk, filled):
    query = ListQuery(filters=(("city", ("Delft",)),))
    generation = desk.reader.open(query)
    totals = desk.take(Summed, generation=generation).totals
    with filled.engine.connect() as connection:
        rows = connection.execute(select(paper.c.currency, paper.c.amount).where(paper.c.city == "Delft")).all()
    for total in totals:
        assert total.values["amount"] == sum((r.amount for r in rows if r.currency == total.group), Decimal(0))
    assert [total.group for total in totals] == ["EUR", "USD"]


def test_chosen_rows_are_summed_and_all_keys_read(desk):
    rows = desk.rows(ListQuery(sort="amount"))
    desk.reader.sum_selection([row.id for row in rows[:3]])
    totals: tuple[Total, ...] = desk.take(SelectionSummed).totals
    assert sum((total.values["amount"] for total in totals), Decimal(0)) == sum(r.amount for r in rows[:3])
    desk.reader.read_keys()
    assert list(desk.take(KeysRead).keys) == [row.id for row in rows]


def test_saved_filters_are_counted(desk):
    tabs = {"all": ListQuery(), "delft": ListQuery(filters=(("city", ("Delft",)),))}
    desk.reader.count(tabs)
    assert desk.take(TabsCounted).counts == {"all": COUNT, "delft": COUNT // 4}


def test_the_newest_question_wins(desk):
    """A storm of questions: every answer that comes is of its own question, and the last one is answered."""
    for turn in range(60):
        desk.reader.open(ListQuery(text="firm", sort=("firm", "amount")[turn % 2]))
        desk.reader.page(turn % 5)
        desk.reader.count({"all": ListQuery()})
    last = desk.reader.open(ListQuery(text="P-00001"))
    assert [row.number for row in desk.take(Opened, generation=last).rows] == ["P-00001"]
    assert desk.take(Counted, generation=last).total == 1


def test_a_change_is_read_in_place_and_records_are_followed(database):
    filled = fill(database)
    desk = Desk(filled)
    rows = desk.rows(ListQuery())
    second, third = rows[1], rows[2]
    with filled.engine.begin() as connection:
        connection.execute(delete(paper).where(paper.c.id == second.id))
        connection.execute(update(paper).where(paper.c.id == third.id).values(city="Sneek"))
        newest = {"id": new_id(), "number": "P-99999", "city": "Sneek", "amount": Decimal(1), "currency": "EUR"}
        connection.execute(insert(paper), newest)
    desk.reader.refresh([0], [second.id, third.id])
    at_once = desk.take(PageRead, number=0)
    assert at_once.rows[1] is None, "gone, but still in its place until the order is known"
    assert at_once.rows[2].city == "Sneek"
    after = desk.take(Refreshed)
    assert after.total == COUNT
    assert after.ranks == {second.id: None, third.id: 2}
    assert [row.number for row in after.pages[0][:3]] == ["P-99999", rows[0].number, third.number]
    desk.reader.page(1)
    assert desk.take(PageRead, number=1).rows[0] == rows[PAGE]
    desk.reader.close(wait=True)


def test_a_list_at_rest_gives_its_connection_back_and_goes_on_when_asked(desk):
    rows = desk.rows(ListQuery())
    desk.reader.rest()
    desk.reader.page(1)
    assert list(desk.take(PageRead, number=1).rows) == rows[PAGE : 2 * PAGE]


def test_a_lost_connection_is_made_anew(desk, filled):
    if filled.dialect != "postgresql":
        pytest.skip("a file is not lost")
    rows = desk.rows(ListQuery())
    with filled.engine.connect() as other:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = "
        other.exec_driver_sql(others + "current_database()")
    desk.reader.page(2)
    assert list(desk.take(PageRead, number=2).rows) == rows[2 * PAGE : 3 * PAGE]


def test_a_question_that_meets_the_end_of_the_one_before_is_answered(filled):
    """SQLite interrupts a COMMIT too, and leaves its transaction open."""
    if filled.dialect != "sqlite":
        pytest.skip("a server ends a transaction whatever is asked meanwhile")
    ends = []

    class Meets:
        def connect_reader(self):
            connection = filled.connect_reader()
            driver = connection.connection.dbapi_connection

            def meet(statement: str) -> None:
                if statement == "COMMIT":
                    ends.append(statement)
                    if len(ends) == 2:  # the first is the reader's own, before any question
                        driver.interrupt()

            driver.set_trace_callback(meet)
            return connection

    desk = Desk(Meets())
    assert desk.rows(ListQuery(sort="amount")) == plain(filled, ListQuery(sort="amount"))
    assert len(ends) > 2
    desk.reader.close(wait=True)


def test_a_list_that_cannot_be_read_says_so_in_the_users_words(filled):
    class Gone:
        def connect_reader(self):
            with filled.engine.connect() as connection:
                connection.exec_driver_sql("SELECT * FROM no_such_table_at_all")

    desk = Desk(Gone())
    desk.reader.open(ListQuery())
    error = desk.take(ReadFailed).error
    if filled.dialect == "sqlite":
        assert isinstance(error, Unavailable)
        assert "out of date" in str(error)
    desk.reader.close(wait=True)


def test_after_closing_nothing_comes(desk):
    desk.rows(ListQuery())
    desk.reader.open(ListQuery(text="firm"))
    desk.reader.close(wait=True)
    while not desk.answers.empty():
        desk.answers.get()
    desk.reader.page(1)
    sleep(0.05)
    assert desk.answers.empty()
