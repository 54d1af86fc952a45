"""What a bank line pays: the rules one by one, and that what is sure is never wrong."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

import pytest

from app.models.base import new_id
from app.services.banking.matching import Confidence, OpenItem, OpenItems

DAY = date(2026, 11, 20)
HARBOR, FINCH, NOBODY = new_id(), new_id(), new_id()
NAMES = {HARBOR: "Harbor & Finch Ltd", FINCH: "Mühle GmbH"}


def item(number: str, amount: str, customer: UUID = HARBOR, **fields) -> OpenItem:
    fields = {"due_on": DAY, "currency": "EUR", **fields}
    return OpenItem(new_id(), number, customer, NAMES[customer], open_amount=Decimal(amount), **fields)


def line(amount: str, text: str = "", **fields) -> SimpleNamespace:
    facts = {"name": "", "counterparty": "", "reference": "", "currency": "EUR", "booked_on": DAY, **fields}
    return SimpleNamespace(id=new_id(), amount=Decimal(amount), text=text, **facts)


A, B = item("INV-00042", "100"), item("INV-00043", "60.50")
C = item("INV-00044", "100", FINCH)
CREDIT = item("CN-00007", "-20")
EARLY = item("INV-00050", "200", discount=Decimal(4), discount_until=DAY, aliases=("SO-00017", "PO 77123"))
ITEMS = OpenItems([A, B, C, CREDIT, EARLY], payers={"NL91ABNA0417164300": HARBOR})


def settled(proposal) -> dict[str, Decimal]:
    numbers = {one.id: one.number for one in (A, B, C, CREDIT, EARLY)}
    return {numbers[key]: amount for part in proposal.parts for key, amount in part.allocations}


@pytest.mark.parametrize(
    "text", ["INV-00042", "Rechnung INV 00042, danke", "inv00042", "RE INV-000 42 v. 3.11.", "RF18INV00042"]
)
def test_a_number_is_found_however_it_is_written(text):
    proposal = ITEMS.propose(line("100", text))
    assert proposal.confidence == Confidence.SURE
    assert settled(proposal) == {"INV-00042": 100}
    assert "INV-00042" in proposal.reason


@pytest.mark.parametrize(
    ("amount", "text", "confidence", "paid"),
    [
        ("160.50", "INV-00042 INV-00043", Confidence.SURE, {"INV-00042": 100, "INV-00043": Decimal("60.50")}),
        ("80", "INV-00042 less CN-00007", Confidence.SURE, {"INV-00042": 100, "CN-00007": -20}),
        ("-20", "refund CN-00007", Confidence.SURE, {"CN-00007": -20}),
        ("196", "INV-00050", Confidence.SURE, {"INV-00050": 196}),
        ("100", "INV-00042 INV-00043", Confidence.LIKELY, {"INV-00042": 100}),
        ("30", "INV-00042", Confidence.LIKELY, {"INV-00042": 30}),
        ("110", "INV-00042", Confidence.LIKELY, {"INV-00042": 100}),
        ("200", "INV-00042 INV-00044", Confidence.LIKELY, {"INV-00042": 100, "INV-00044": 100}),
        ("200", "Order SO-00017", Confidence.LIKELY, {"INV-00050": 200}),
        ("150", "INV-00042 INV-00044", Confidence.DOUBTFUL, {}),
        ("-100", "INV-00042", Confidence.DOUBTFUL, {}),
        ("60.50", "no number", Confidence.DOUBTFUL, {"INV-00043": Decimal("60.50")}),
        ("100", "no number", Confidence.NONE, {}),
        ("100", "INV-0004", Confidence.NONE, {}),
        ("-45", "fees", Confidence.NONE, {}),
    ],
)
def test_rules(amount, text, confidence, paid):
    proposal = ITEMS.propose(line(amount, text))
    assert (proposal.confidence, settled(proposal)) == (confidence, paid)
    assert proposal.reason


def test_the_rest_of_an_overpayment_stays_to_the_customers_credit():
    (part,) = ITEMS.propose(line("110", "INV-00042")).parts
    assert (part.on_account, part.amount) == (10, 110)


def test_a_discount_that_is_too_late_is_doubtful():
    proposal = ITEMS.propose(line("196", "INV-00050", booked_on=DAY + timedelta(days=1)))
    assert proposal.confidence == Confidence.DOUBTFUL
    assert proposal.parts[0].discounts == ()


@pytest.mark.parametrize("who", [{"counterparty": "NL91ABNA0417164300"}, {"name": "HARBOR FINCH AND CO"}])
def test_a_known_payer_pays_what_makes_the_amount(who):
    one = ITEMS.propose(line("60.50", "thanks", **who))
    assert (one.confidence, settled(one)) == (Confidence.LIKELY, {"INV-00043": Decimal("60.50")})
    several = ITEMS.propose(line("140.50", "thanks", **who))
    assert settled(several) == {"INV-00042": 100, "INV-00043": Decimal("60.50"), "CN-00007": -20}
    unknown = ITEMS.propose(line("1.11", "thanks", **who))
    assert unknown.confidence == Confidence.DOUBTFUL
    assert unknown.parts[0].on_account == Decimal("1.11")


def test_a_number_paid_from_the_account_of_another_customer_is_looked_at():
    proposal = ITEMS.propose(line("100", "INV-00044", counterparty="NL91ABNA0417164300"))
    assert proposal.confidence == Confidence.LIKELY


def test_another_currency_pays_nothing():
    assert ITEMS.propose(line("100", "INV-00042", currency="GBP")).confidence == Confidence.NONE


def test_what_is_sure_is_never_wrong():
    """2,000 lines of every kind against 3,000 invoices: the truth is known, and no sure proposal differs from it."""
    chance = random.Random(20261120)
    customers = [new_id() for _ in range(300)]
    NAMES.update({key: f"Customer {n}" for n, key in enumerate(customers)})
    open_items = [
        item(f"INV-{n:05}", str(chance.choice([50, 100, 120, Decimal(n) / 7 * 3]).__round__(2) if n % 3 else 100), key)
        for n, key in enumerate((chance.choice(customers) for _ in range(3000)), 1)
    ]
    index = OpenItems(open_items)
    sure = 0
    for _ in range(2000):
        paid = chance.sample(open_items, chance.choice([1, 1, 1, 2]))
        words = " ".join(one.number for one in paid) if chance.random() < 0.6 else f"Customer {chance.randrange(300)}"
        wrong = chance.choice([Decimal(0), Decimal(0), Decimal("0.01"), Decimal(-50)])
        amount = sum((one.open_amount for one in paid), Decimal(0)) + wrong
        proposal = index.propose(line(str(amount), words))
        for part in proposal.parts:
            assert part.amount <= amount
        if proposal.confidence == Confidence.SURE:
            sure += 1
            assert wrong == 0
            assert {key for part in proposal.parts for key, _ in part.allocations} == {one.id for one in paid}
    assert sure > 300
