"""The runner itself: what differs fails, and what nobody reads never passes."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from tests.scenarios.__main__ import main
from tests.scenarios.cases import load
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.running import Result, run

PLAIN = """
- id: X-1
  kind: totals
  title: Two at 1.50
  given:
    currency_decimals: 2
    lines:
    - {qty: '2', unit_price: '1.50'}
  expect:
    untaxed: '3.00'
"""


@pytest.fixture
def outcome(tmp_path):
    """Run the only case of a text."""

    def run_text(text):
        (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
        (case,) = load([tmp_path])
        return run(case)

    return run_text


def test_a_case_whose_figures_are_right_passes(outcome):
    assert outcome(PLAIN).result is Result.PASSED


def test_a_wrong_figure_fails_with_both(outcome):
    found = outcome(PLAIN.replace("'3.00'", "'3.01'"))
    assert (found.result, found.detail) == (Result.FAILED, "expect.untaxed: expected 3.01, found 3.00")


@pytest.mark.parametrize(
    ("old", "new", "gap"),
    [
        ("currency_decimals: 2", "currency_decimals: 2\n    moon_phase: full", "moon_phase"),
        ("unit_price: '1.50'", "unit_price: '1.50', colour: red", "lines[0].colour"),
        ("untaxed: '3.00'", "untaxed: '3.00'\n    happiness: '7'", "expect.happiness"),
        ("  title:", "  moods: []\n  title:", "moods"),
        ("kind: totals", "kind: astrology", "astrology"),
        ("expect:\n    untaxed: '3.00'", "quirk: none", "nothing was compared"),
        ("qty: '2'", "qty: many", "lines[0].qty is not a figure"),
    ],
)
def test_what_is_not_known_is_not_covered_and_never_passed(outcome, old, new, gap):
    assert old in PLAIN
    found = outcome(PLAIN.replace(old, new))
    assert found.result is Result.NOT_COVERED
    assert gap in found.detail


def test_a_difference_counts_even_where_a_name_is_not_known(outcome):
    assert outcome(PLAIN.replace("untaxed: '3.00'", "untaxed: '4'\n    happiness: '7'")).result is Result.FAILED


def test_a_refusal_and_a_crash_fail(outcome, monkeypatch):
    rate = PLAIN.replace("currency_decimals: 2", "rate_document_per_company: '0'")
    assert "refused: The exchange rate" in outcome(rate).detail
    monkeypatch.setattr("app.services.totals.compute", lambda _: 1 // 0)
    found = outcome(PLAIN)
    assert found.result is Result.FAILED
    assert "ZeroDivisionError" in found.detail


def test_variants_change_the_facts_and_are_named_where_they_differ(outcome):
    found = outcome(
        PLAIN
        + """
  variants:
  - lines: [{qty: '3', unit_price: '1.50'}]
    note: people may read this
    expect: {untaxed: '4.50'}
  - given: {currency_decimals: 0}
    expect: {untaxed: '4'}
"""
    )
    assert found.detail == "variant 2: expect.untaxed: expected 4, found 3"


def test_steps_build_on_each_other(outcome):
    found = outcome(
        """
- id: X-2
  kind: price_line
  given: {list_price: '10', price_decimals: 2}
  steps:
  - set: {margin_pct: '20'}
    expect: {unit_price: '12'}
  - set: {discount_pct: '50'}
    expect: {unit_price: '6', discount_amount: '6'}
  - set: {discount_pct: '50', surprise: '1'}
    expect: {unit_price: '6'}
"""
    )
    assert (found.result, found.detail) == (Result.NOT_COVERED, "names not known here: set.surprise")


def test_files_are_read_without_guessing(tmp_path):
    (tmp_path / "a.yaml").write_text(
        "- {id: 1, kind: k, given: {country: NO, on: 2026-01-02, big: 1E50, share: 0.1, n: 2, t: '2', flag: true}}\n",
        encoding="utf-8",
    )
    (case,) = load([tmp_path / "a.yaml"])
    assert case.id == "1"
    assert case.body["given"] == {
        "country": "NO", "on": "2026-01-02", "big": "1E50", "share": "0.1", "n": 2, "t": "2", "flag": True,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["id: 1", "- {kind: totals}", "- [", "- 3"])
def test_what_is_no_list_of_cases_is_refused(tmp_path, text, capsys):
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    assert main([str(tmp_path)]) == 2
    assert "cannot read the cases" in capsys.readouterr().err
    assert main([str(tmp_path / "nowhere")]) == 2


def test_the_run_ends_with_plain_counts_and_says_by_its_code_whether_something_failed(tmp_path, capsys):
    texts = {"a": PLAIN, "b": PLAIN.replace("'3.00'", "'3.01'"), "c": PLAIN.replace("totals", "astrology")}
    for name, text in texts.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    report = tmp_path / "report.json"
    assert (
        main([str(tmp_path / "b.yaml"), str(tmp_path / "a.yaml"), str(tmp_path / "c.yaml"), "--json", str(report)]) == 1
    )
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines[:3]] == ["failed", "passed", "not covered"]
    assert lines[3:] == ["1 not covered", "1 passed, 1 failed"]
    rows = json.loads(report.read_text(encoding="utf-8"))
    assert [(row["id"], row["kind"], row["result"]) for row in rows] == [
        ("X-1", "totals", "failed"),
        ("X-1", "totals", "passed"),
        ("X-1", "astrology", "not covered"),
    ]
    assert rows[0]["detail"] == "expect.untaxed: expected 3.01, found 3.00"
    assert main([str(tmp_path / "a.yaml")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed"


def test_figures_without_end_are_compared_as_far_as_they_are_written():
    checks = Checks()
    checks.written("a", "0.33", Fraction(1, 3))
    checks.written("b", "0.34", Fraction(1, 3))
    assert checks.differences == []
    checks.written("c", "0.35", Fraction(1, 3))
    checks.written("d", "1", Fraction(4, 3))
    checks.written("e", None, Fraction(1))
    assert [difference[0] for difference in checks.differences] == ["c", "d", "e"]


def test_rows_are_compared_in_any_order_but_none_may_be_missing():
    checks = Checks()
    rows = [{"base": 5, "amount": 1}, {"base": -2, "amount": 0}]
    checks.same_rows("rows", [{"base": "-2.00", "amount": "0.00"}, {"base": "5", "amount": "1.0"}], rows)
    assert checks.differences == []
    checks.same_rows("rows", [{"base": "5", "amount": "1"}], rows)
    checks.same_rows("rows", [{"base": "5"}, {"base": "5"}], rows)
    assert len(checks.differences) == 2
    with pytest.raises(NotCovered, match="colour"):
        checks.same_rows("rows", [{"colour": "1"}], rows)


def test_facts_know_what_was_read_at_every_depth():
    facts = Facts({"a": "1", "b": {"c": "2", "d": "3"}, "e": [{"f": "4", "g": "5"}], "h": None})
    assert facts.number("a") == 1
    assert facts.facts("b").number("c") == 2
    assert [each.text("f") for each in facts.all_facts("e")] == ["4"]
    assert facts.unread() == ["h", "b.d", "e[0].g"]
    assert facts.optional_number("h") is None
    for read in (facts.whole, facts.flag, facts.list):
        with pytest.raises(NotCovered, match=r"^b is"):
            read("b")
