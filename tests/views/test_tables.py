"""The paged table: rows change in place, old answers are dropped, nothing blocks."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.errors import Unavailable
from app.models.base import new_id
from app.services.listing import PAGE, Counted, ListQuery, Opened, PageRead, ReadFailed, Refreshed
from app.views import cells
from app.views.cells import Column
from app.views.tables import CHECK, PagedTable, RowsTable
from app.views.tokens import Tone


class Row(NamedTuple):
    id: UUID
    name: str


COLUMNS = (
    Column[Row](CHECK, "", lambda _row: cells.Cell()),
    Column[Row]("name", "Name", lambda row: cells.text(row.name), sort="name"),
)


class Source:
    """A source a test answers by hand."""

    def __init__(self, deliver):
        self.deliver, self.asked, self.generation = deliver, [], 0

    def open(self, query):
        self.generation += 1
        self.asked.append(query)
        return self.generation

    def page(self, number):
        self.asked.append(number)

    def refresh(self, pages, keys=()):
        self.asked.append(("refresh", tuple(pages), tuple(keys)))

    def count(self, tabs): ...
    def sum_selection(self, keys): ...
    def read_keys(self): ...
    def rest(self): ...
    def close(self):
        self.asked.append("closed")


def rows(count: int, mark: str = "row") -> list[Row]:
    return [Row(new_id(), f"{mark} {number}") for number in range(count)]


@pytest.fixture
def big_table(qapp, theme):
    """Without Qt's tester, which looks at every row after each change."""
    sources = []

    def make(deliver):
        sources.append(Source(deliver))
        return sources[0]

    made: PagedTable[Row] = PagedTable(make, COLUMNS)
    made.source = sources[0]
    return made


@pytest.fixture
def table(big_table):
    big_table.tester = QAbstractItemModelTester(big_table, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return big_table


def opened(table, count: int, mark: str = "row") -> list[Row]:
    """Ask and be answered in full."""
    found = rows(count, mark)
    table.show(ListQuery(text=mark))
    table.source.deliver(Opened(table.source.generation, found[:PAGE], complete=count < PAGE))
    table.source.deliver(Counted(table.source.generation, count))
    return found


def names(table) -> list[str | None]:
    return [table.index(number, 1).data() for number in range(min(table.rowCount(), 5))]


def test_first_rows_stand_before_the_count_is_known(big_table):
    found = rows(PAGE)
    big_table.show(ListQuery())
    big_table.source.deliver(Opened(1, found, complete=False))
    assert (big_table.rowCount(), names(big_table)[0]) == (PAGE, "row 0")
    big_table.source.deliver(Counted(1, 1_000_000))
    assert big_table.rowCount() == 1_000_000
    assert big_table.index(999_999, 1).data() is None
    assert 999_999 // PAGE in big_table.source.asked


def test_old_rows_stay_until_the_new_ones_come_and_nothing_is_reset(table, qtbot):
    resets = []
    table.modelReset.connect(lambda: resets.append(1))
    opened(table, 3, "old")
    with qtbot.waitSignal(table.stale_changed) as stale:
        table.show(ListQuery(text="new"))
        assert names(table) == ["old 0", "old 1", "old 2"]
    assert stale.args == [True], "dimmed after a moment"
    table.source.deliver(Opened(2, rows(2, "new"), complete=True))
    assert names(table) == ["new 0", "new 1"]
    assert not table.stale
    assert resets == []


def test_an_answer_to_an_older_question_is_dropped(table):
    table.show(ListQuery(text="slow"))
    opened(table, 2, "fast")
    table.source.deliver(Opened(1, rows(5, "slow"), complete=True))
    table.source.deliver(Counted(1, 5))
    table.source.deliver(PageRead(1, 0, rows(5, "slow")))
    assert names(table) == ["fast 0", "fast 1"]


def test_the_pages_on_show_and_the_next_are_asked_newest_first(big_table):
    opened(big_table, 10_000)
    big_table.set_shown(5_000, 5_020)
    assert big_table.source.asked[-2:] == [79, 78], "the page on show is asked last, so it is read first"
    big_table.set_shown(3_000, 3_020)
    assert big_table.source.asked[-3:] == [45, 46, 47], "upwards the page above is the next"
    big_table.set_shown(3_001, 3_021)
    assert big_table.source.asked[-1] == 48
    before = len(big_table.source.asked)
    big_table.set_shown(3_002, 3_022)
    assert len(big_table.source.asked) == before, "nothing is asked twice"


def test_a_refresh_changes_rows_in_place_and_tells_where_the_current_one_is(table):
    found = opened(table, 4)
    heard = []
    table.moved.connect(heard.append)
    table.watch([found[2].id])
    table.refresh()
    assert table.source.asked[-1] == ("refresh", (0,), (found[2].id,))
    after = [found[3], found[2], Row(found[0].id, "renamed")]
    table.source.deliver(Refreshed(1, 3, {0: after}, {found[2].id: 1}))
    assert names(table) == ["row 3", "row 2", "renamed"]
    assert heard == [{found[2].id: 1}]


def test_ticks_hold_for_records_and_for_everything_but_some(table):
    found = opened(table, 100)
    table.toggle(3)
    box = table.index(3, 0)
    assert box.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    assert table.checked.count(100) == 1
    table.check_all(checked=True)
    table.toggle(3)
    assert table.checked.count(100) == 99
    assert not table.checked.has(found[3].id)
    assert table.checked.has(found[4].id)


def test_a_screen_reader_hears_the_whole_row_in_the_first_cell(table):
    opened(table, 1)
    assert table.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "row 0"


def test_a_failure_is_told_and_undims(table):
    heard = []
    table.failed.connect(heard.append)
    opened(table, 2)
    error = Unavailable("The list could not be read.")
    table.source.deliver(ReadFailed(1, error))
    assert heard == [error]
    assert table.rowCount() == 2


def test_memory_keeps_no_more_than_some_pages(big_table):
    opened(big_table, 100_000)
    for number in range(1, 200):
        big_table.source.deliver(PageRead(1, number, rows(PAGE)))
        big_table.index(number * PAGE, 1).data()
    assert len(big_table._pages) <= 64
    assert set(big_table._cells) <= set(big_table._pages)


class Line(NamedTuple):
    name: str
    quantity: Decimal


def test_rows_in_memory_are_edited_in_place(qapp, theme):
    columns = (
        Column[Line]("name", "Name", lambda line: cells.text(line.name)),
        Column[Line]("quantity", "Qty", lambda line: cells.quantity(line.quantity), right=True,
                     edit=lambda line: str(line.quantity)),
    )  # fmt: skip
    table: RowsTable[Line] = RowsTable(columns)
    QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal)
    edits = []
    table.edited.connect(lambda row, column, text: edits.append((row, column, text)))
    table.set_rows([Line("Valve", Decimal(40)), Line("Gasket", Decimal(80))])
    assert not table.flags(table.index(0, 0)) & Qt.ItemFlag.ItemIsEditable
    assert table.flags(table.index(0, 1)) & Qt.ItemFlag.ItemIsEditable
    assert table.index(1, 1).data(Qt.ItemDataRole.EditRole) == "80"
    table.setData(table.index(1, 1), "12*4")
    assert edits == [(1, "quantity", "12*4")]
    table.set_errors({(1, "quantity"): "More than one pallet"})
    assert table.index(1, 1).data(Qt.ItemDataRole.ToolTipRole) == "More than one pallet"
    table.set_rows([Line("Valve", Decimal(1))])
    assert table.rowCount(QModelIndex()) == 1


def test_cells_say_what_they_mean():
    assert cells.amount(Decimal(0)).text == "–"
    assert cells.progress(34, 80).share == 42
    assert cells.done_of(40, 40).tone is Tone.OK
    assert cells.state("picking", "87 %").plain() == "Picking 87 %"
    assert cells.two_lines("Valve", "VAL-1").plain() == "Valve VAL-1"
