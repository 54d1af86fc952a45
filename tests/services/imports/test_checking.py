"""Each row is ready, rejected at its cells, or set aside by a written rule; real data adds up exactly."""

from __future__ import annotations

import time
from collections import Counter
from decimal import Decimal

import pytest

from app.errors import Invalid
from app.services.imports.cells import Problem
from app.services.imports.checking import Outcome
from app.services.imports.detection import data_rows, detect
from app.services.imports.fields import Kind
from app.services.imports.profiles import find
from app.services.imports.reading import inside
from app.services.imports.rules import Condition, Rule, Then
from app.services.progress import Cancelled, Quiet
from tests.services.imports.files import checked, looked_at, records, shared, text_file

ORDERS = "number,customer,date,sku,quantity,price\n"


def rule(name, *when, **more):
    then = Then.USE if "use" in more else Then.SET_ASIDE
    return Rule(name, "because", tuple(Condition(*each) for each in when), then, **more)


def test_an_error_names_row_column_value_reason_and_fix(tmp_path):
    path = text_file(tmp_path, ORDERS + "A1,C1,2026-11-24,X,five,18.40\n\nA2,,2026-13-01,,0,1\n")
    _, rows = checked(path, Kind.ORDERS)
    assert rows[0].problems == (
        Problem(2, "quantity", "quantity", "five", "“five” is no number.", "Write digits only."),
    )
    assert [(p.row, p.column) for p in rows[1].problems] == [(4, "date")]
    path = text_file(tmp_path, ORDERS + "A2,,2026-12-01,,0,-1\n")
    _, rows = checked(path, Kind.ORDERS)
    assert [p.sentence() for p in rows[0].problems] == [
        "customer: Customer number is empty. Fill it in.",
        "sku: SKU is empty. Fill it in.",
        "quantity: Quantity must be more than 0. Correct it, or take such rows with a rule.",
        "price: Unit price must not be less than 0. Correct it, or take such rows with a rule.",
    ]


def test_a_row_that_was_cut_in_the_wrong_places_is_not_guessed_at(tmp_path):
    path = text_file(tmp_path, "number,name,city\n1,Smith, Jones & Co,Leeds\n2,Brown,York,\n3,Gray\n")
    _, rows = checked(path, Kind.CUSTOMERS)
    assert rows[0].reason() == (
        "The row has 4 cells, the header has 3. Put texts that contain the delimiter between quotation marks."
    )
    assert [row.outcome for row in rows[1:]] == [Outcome.READY, Outcome.READY]


def test_what_was_changed_for_the_user_is_said_and_the_row_kept(tmp_path):
    path = text_file(tmp_path, ORDERS.replace(",", ";") + "A1;C1;31.11.2026;X;1;1,5\n")
    _, rows = checked(path, Kind.ORDERS)
    assert rows[0].outcome is Outcome.READY
    assert [note.sentence() for note in rows[0].notes] == ["date: “31.11.2026” does not exist, set to 30 Nov 2026."]


def test_rules_set_rows_aside_and_fill_what_is_missing(tmp_path):
    path = text_file(
        tmp_path,
        ORDERS
        + "C1,K,2026-11-24,X,-5,1\nA1,,2026-11-24,X,5,1\nA2,,2026-11-24,X,7,0\nA2,,2026-11-24,Y,-7,0\n"
        + "A3,,2026-11-24,X,7,0\nA3,,2026-11-24,Y,7,2\n",
    )
    rules = (
        rule("stock corrections", ("unit_price", "zero"), whole_document=True),
        rule("cancellations", ("number", "like", ("C*",))),
        rule("no customer", ("customer_number", "empty"), use={"customer_number": "WALK-IN"}),
    )
    check, rows = checked(path, Kind.ORDERS, rules=rules)
    assert [row.rule for row in rows] == ["cancellations", "", "stock corrections", "stock corrections", "", ""]
    assert rows[0].reason() == "Set aside: cancellations"
    assert [r["customer_number"] for r in records(check, rows)] == ["WALK-IN"] * 3


def test_a_row_that_a_rule_sets_aside_is_not_rejected_for_its_cells(tmp_path):
    path = text_file(tmp_path, ORDERS + "C1,,never,X,-5,much\n" * 2)
    _, rows = checked(path, Kind.ORDERS, rules=(rule("cancellations", ("number", "like", ("C*",))),))
    assert [row.outcome for row in rows] == [Outcome.SET_ASIDE] * 2


def test_a_rule_that_cannot_work_is_refused(tmp_path):
    path = text_file(tmp_path, ORDERS + "A1,K,2026-11-24,X,5,1\n")
    for bad in (
        rule("x", ("colour", "zero")),
        rule("x", ("unit_price", "purple")),
        rule("x", ("carrier", "empty")),
        rule("x", ("sku", "one of")),
        rule("x", ("unit_price", "equal to", ("much",))),
    ):
        with pytest.raises(Invalid):
            checked(path, Kind.ORDERS, rules=(bad,))


def test_work_stops_when_it_is_told_to(tmp_path):
    path = text_file(tmp_path, ORDERS + "A1,K,2026-11-24,X,5,1\n" * 5_000)
    check, _ = checked(path, Kind.ORDERS)
    stopped = Quiet()
    stopped.stop()
    with pytest.raises(Cancelled):
        check.rows(stopped)
    with pytest.raises(Cancelled):
        detect(check.source, progress=stopped)


# ------------------------------------------------------------------------------------------ real data


def run(profile, step, folder, part=None):
    part = part or step.part
    kind = part.mapping.kind
    return checked(inside(folder, part.file), kind, part.mapping, rules=part.rules, choices=part.choices)


def test_northwind_gives_its_known_figures():
    folder = shared("northwind")
    profile = find("northwind")
    made = {step.kind: run(profile, step, folder) for step in profile.steps}
    headers = records(*made[Kind.ORDER_HEADERS])
    step = next(step for step in profile.steps if step.lines)
    lines = records(*run(profile, step, folder, step.lines))
    assert (len(headers), len(lines)) == (830, 2_155)
    assert (len(records(*made[Kind.CUSTOMERS])), len(records(*made[Kind.PRODUCTS]))) == (91, 77)
    assert sum(order["shipped_on"] is None for order in headers) == 21
    nets = [line["quantity"] * line["unit_price"] * (100 - line["discount_percent"]) / 100 for line in lines]
    assert sum(nets) == Decimal("1265793.0395")
    assert sum(net.quantize(Decimal("0.01"), "ROUND_HALF_UP") for net in nets) == Decimal("1265793.29")


def test_online_retail_adds_up_with_every_oddity_accounted_for():
    folder = shared("online_retail")
    profile = find("online_retail")
    step = next(step for step in profile.steps if step.kind is Kind.ORDERS)
    before = time.process_time()
    check, rows = run(profile, step, folder)
    assert time.process_time() - before < 25, "reading, detecting and checking 209,029 rows"
    quantity, price = check.place("quantity"), check.place("unit_price")
    lines, money = Counter(), Counter()
    for row in rows:
        lines[row.rule or row.outcome.value] += 1
        money[row.rule or row.outcome.value] += row.values[quantity] * row.values[price]
    assert lines == {"ready": 208_045, "stock corrections": 984}
    assert money == {"ready": Decimal("3706827.641"), "stock corrections": 0}


def code(*codes: str):
    return lambda line: line.code.upper() in codes


ODDITIES = {  # docs/guide/import-rules.md names them: which lines, how many, how much money
    "cancellations": (lambda line: line.number.startswith("C"), 3_783, "-357898.95"),
    "bad debts": (lambda line: line.number.startswith("A"), 0, "0"),
    "no customer": (lambda line: not line.customer, 59_976, "586339.55"),
    "price 0": (lambda line: not line.price, 1_292, "0"),
    "price below 0": (lambda line: line.price < 0, 0, "0"),
    "below 0 without C": (lambda line: line.quantity < 0 and line.number[0] != "C", 651, "0"),
    "no description": (lambda line: not line.text, 833, "0"),
    "small letters": (lambda line: line.code != line.code.upper(), 1_017, "16182.15"),
    "postage": (code("POST", "DOT", "C2"), 884, "106509.07"),
    "discounts": (code("D"), 28, "-3320.19"),
    "manual": (code("M"), 239, "-20624.15"),
    "samples": (code("S"), 43, "-1389.76"),
    "fees": (code("AMAZONFEE", "BANK CHARGES"), 34, "-111701.97"),
    "vouchers": (lambda line: line.code.startswith("gift_"), 17, "385.81"),
    "a tenth of a penny": (code("PADS"), 1, "0.001"),
}


class Line:
    def __init__(self, cells):
        self.number, self.code, self.text, quantity, self.at, price, self.customer, _ = (cell.strip() for cell in cells)
        self.quantity, self.price = Decimal(quantity), Decimal(price)
        self.net = self.quantity * self.price


def test_the_oddities_of_online_retail_are_as_the_guide_says():
    source, detection = looked_at(inside(shared("online_retail"), "online*retail*"))
    cells = [row for _, row in data_rows(source, detection.layout)]
    lines = [Line(row) for row in cells]
    counted = {name: [line.net for line in lines if test(line)] for name, (test, _, _) in ODDITIES.items()}
    expected = {name: (count, Decimal(money)) for name, (_, count, money) in ODDITIES.items()}
    assert {name: (len(nets), sum(nets, Decimal(0))) for name, nets in counted.items()} == expected
    assert sum(line.net for line in lines) == Decimal("3706827.641")
    repeats = Counter(map(tuple, cells))
    assert sum(count - 1 for count in repeats.values()) == 1_747, "lines that repeat another one exactly"
    assert sum((Line(row).net * (count - 1) for row, count in repeats.items()), Decimal(0)) == Decimal("8153.14")
    minutes = Counter(number for number, _ in {(line.number, line.at) for line in lines})
    assert sum(count > 1 for count in minutes.values()) == 34, "documents with two times, a minute apart"
    codes = {line.code for line in lines}
    assert len(codes) - len({each.upper() for each in codes}) == 88, "codes written in both cases"


def test_online_retail_is_detected_with_evidence():
    _, detection = looked_at(inside(shared("online_retail"), "online_retail_2010-12_to_2011-05.csv"))
    assert (detection.rows, detection.empty_rows, len(detection.columns)) == (209_029, 0, 8)
    assert all(finding.sure for finding in detection.findings)
