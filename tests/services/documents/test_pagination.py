"""Rows come onto pages in order and whole; tables say on every page what they come to so far."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.services.documents.blocks import Cell, Gap, Row
from app.services.documents.pagination import Pages, Table

FIRST_TOP, NEXT_TOP, BOTTOM = 300.0, 80.0, 700.0


class Mark(Gap):
    """A piece of a row that can be told from others."""


def row(height: float, amount: Decimal = Decimal(0), pieces: int = 1) -> Row:
    return Row((Cell(0, 100, tuple(Mark(height / pieces) for _ in range(pieces))),), amount=amount)


def table(rows: list[Row], seen: list[tuple[str, Decimal]]) -> tuple[Table, Row]:
    head = row(15)

    def carried(subtotal: Decimal) -> Row:
        seen.append(("carried", subtotal))
        return row(12)

    def brought(subtotal: Decimal) -> Row:
        seen.append(("brought", subtotal))
        return row(12)

    return Table(head, rows, carried, brought), head


ROWS = st.lists(
    st.tuples(
        st.sampled_from([20.0, 33.0, 60.0, 150.0, 590.0, 700.0, 1900.0]), st.decimals("-9999999", "9999999", places=4)
    ),
    max_size=30,
)


@given(ROWS, st.sampled_from([0.0, 80.0, 500.0]))
def test_no_row_is_lost_none_leaves_the_page_and_subtotals_are_exact(drawn, tail):
    rows = [row(height, amount, pieces=int(height / 10)) for height, amount in drawn]
    seen: list[tuple[str, Decimal]] = []
    pages = Pages(first_top=FIRST_TOP, next_top=NEXT_TOP, bottom=BOTTOM)
    made, head = table(rows, seen)
    pages.add_table(made, tail=tail)
    del seen[:2]  # the two that were only measured
    placed = [each for page in pages for _, each in page.rows]
    marks = [piece for each in placed for cell in each.cells for piece in cell.pieces]
    wanted = [piece for each in rows for cell in each.cells for piece in cell.pieces]
    assert [id(piece) for piece in marks if any(piece is mark for mark in wanted)] == [id(piece) for piece in wanted]
    assert sum(each.amount for each in placed) == sum(amount for _, amount in drawn)
    subtotal = Decimal(0)
    for page in pages:
        assert all(top + each.height <= BOTTOM + 0.1 for top, each in page.rows)
        if page.rows:
            assert any(each is head for _, each in page.rows), "the head is on every page"
    for number, page in enumerate(list(pages)[:-1]):
        subtotal += sum(each.amount for _, each in page.rows)
        if page.rows:
            turn = [entry for entry in seen if entry[0] == "carried"]
            assert subtotal in [value for _, value in turn], f"page {number + 1}"
    assert [value for kind, value in seen if kind == "carried"] == [value for kind, value in seen if kind == "brought"]


@given(ROWS)
def test_a_row_that_a_page_can_hold_is_never_divided(drawn):
    rows = [row(height, amount, pieces=int(height / 10)) for height, amount in drawn if height <= 560]
    pages = Pages(first_top=FIRST_TOP, next_top=NEXT_TOP, bottom=BOTTOM)
    pages.add_table(table(rows, [])[0])
    placed = [each for page in pages for _, each in page.rows]
    assert [each for each in placed if each in rows and any(each is one for one in rows)] == rows


def test_the_last_row_goes_with_the_totals_that_need_it():
    pages = Pages(first_top=FIRST_TOP, next_top=NEXT_TOP, bottom=BOTTOM)
    rows = [row(100), row(100), row(100)]
    pages.add_table(table(rows, [])[0], tail=120)
    first, second = pages
    assert any(each is rows[1] for _, each in first.rows)
    assert any(each is rows[2] for _, each in second.rows), "totals without a line say nothing"


def test_rows_that_belong_together_stay_together_when_a_page_can_hold_them():
    pages = Pages(first_top=FIRST_TOP, next_top=NEXT_TOP, bottom=BOTTOM)
    pages.add(row(300))
    pages.add(row(60), row(60))
    first, second = pages
    assert len(first.rows) == 1
    assert len(second.rows) == 2


def test_a_drawing_higher_than_a_page_does_not_stop_the_paper():
    pages = Pages(first_top=FIRST_TOP, next_top=NEXT_TOP, bottom=BOTTOM)
    pages.add(row(2000))
    pages.add_table(Table(row(10), [row(3000), row(20)]))
    assert sum(len(page.rows) for page in pages) >= 4
