"""What happened is said in words: every event that a service records has its sentence in the history."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

from app.models.dispute import Outcome
from app.services.activity import Happening
from app.services.imports.runs import DONE
from app.services.imports.undo import UNDONE
from app.views import icons
from app.views.sentences import SENTENCES, entry, sentence

SERVICES = Path(__file__).parents[2] / "app" / "services"
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


def written_names(name: ast.expr) -> set[str]:
    """The names that an expression can give, ``*`` for what is only known when it runs."""
    if isinstance(name, ast.Constant):
        return {name.value}
    if isinstance(name, ast.IfExp):
        return written_names(name.body) | written_names(name.orelse)
    if isinstance(name, ast.JoinedStr):
        return {"".join(part.value if isinstance(part, ast.Constant) else "*" for part in name.values)}
    return set()


def recorded() -> set[str]:
    calls = (node for path in SERVICES.rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    return {
        name
        for call in calls
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "record"
        for name in written_names(call.args[0])
    }


def test_every_event_that_is_recorded_has_its_sentence():
    found = recorded()
    assert len(found) > 150, "the services record what happens"
    unsaid = {name for name in found if not any(fnmatch(said, name) for said in SENTENCES)}
    unsaid |= {DONE, UNDONE, *(f"dispute.{one}" for one in Outcome if one)} - set(SENTENCES)
    assert unsaid == set()
    assert {icon for icon, _, _ in SENTENCES.values()} <= {path.stem for path in icons.FOLDER.glob("*.svg")}


def test_a_sentence_says_the_amount_the_paper_and_the_reason():
    facts = {"number": "DI-1", "invoice": "INV-9", "amount": "380", "currency": "EUR", "reason": "Scratched"}
    opened = entry(Happening("dispute.opened", NOW, "ann", facts, None), NOW)
    assert opened.title == "380.00 EUR of INV-9 is disputed: Scratched"
    said = {
        "dispute.rejected": (
            {"number": "DI-1", "answer": "Signed for"},
            "Dispute DI-1 rejected, the amount is owed: Signed for",
        ),
        "dunning.letter_sent": ({"level": 2, "amount": "120.5"}, "Reminded at level 2: 120.50"),
        "count.opened": ({"number": "CL-1", "lines": 1}, "Count list CL-1 made, 1 line"),
        "dunning.drafted": ({"letters": 1}, "1 reminder drafted"),
        "invoice.deducted": ({"kind": "write_off", "number": "INV-9", "amount": "1"}, "1.00 of INV-9 written off"),
        "account_rule.set": (
            {"category": "", "tax": "V21", "account": "4010"},
            "Sales of any category with V21 go to account 4010",
        ),
        "customer.changed": ({"fields": "customer_group, name"}, "Customer changed: customer group, name"),
        "calendar.day_set": ({"on": "2026-12-24", "working": False}, "No work on Thu 24 Dec 2026"),
    }
    for name, (known, words) in said.items():
        assert sentence(Happening(name, NOW, "ann", known, None)) == words


def test_a_sentence_says_a_unit_in_the_number_of_its_quantity():
    def said(quantity: str, unit: str) -> str:
        return entry(Happening("stock.received", NOW, "ann", {"quantity": quantity, "unit": unit}, None), NOW).title

    assert [said("6", "unit"), said("1", "unit"), said("2.5", "kg")] == [
        "Received 6 units",
        "Received 1 unit",
        "Received 2.5 kg",
    ]
