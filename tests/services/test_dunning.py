"""Reminders as the office sends them: levels, blocks, fees and interest, a run that is undone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.errors import Invalid, NotAllowed
from app.models.dunning import Charges, Level, RunState, Why
from app.services import (
    billing,
    companies,
    disputes,
    dunning,
    dunning_levels,
    dunning_preview,
    dunning_sheets,
    integrity,
    orders,
    parties,
    payments,
)
from app.services.billing import FreeInvoice
from app.services.disputes import NewDispute
from app.services.document_lines import LineInput
from app.services.integrity.checking import PASSES
from app.services.orders import NewOrder
from app.services.payments import NewPayment
from tests.desk import Desk
from tests.races import overtaken
from tests.services.integrity_reminding import REMINDED

DAY = date(2026, 11, 2)
LEVELS = (
    Level(7, "Payment reminder"),
    Level(21, "Second reminder", Decimal("10.00"), Decimal(8)),
    Level(42, "Final reminder", Decimal("25.00"), Decimal(8), blocks=True),
)


class Office(Desk):
    """A desk with reminder levels and a customer who pays late."""

    def set_up(self, charges: Charges = Charges.POSTED) -> Office:
        self.found()
        self.do("dunning.save_levels", lambda tx: dunning_levels.save(tx, LEVELS, charges))
        self.late = self.customer("Late & Sons", payment_term="NET0")
        return self

    def invoice(self, total: str, on: date = DAY, **fields):
        line = LineInput(kind="fee", name="Goods", unit_price=Decimal(total), tax_codes="")
        new = FreeInvoice(fields.pop("customer", self.late), (line,), **fields)
        key = self.do("invoice.write", lambda tx: billing.write(tx, new))
        self.do("invoice.post", lambda tx: billing.post(tx, key, on))
        return key

    def pay(self, invoice_id, amount: str, days: int = 0):
        received = DAY + timedelta(days=days)
        new = NewPayment(self.late, Decimal(amount), received, allocations={invoice_id: Decimal(amount)})
        return self.do("payment.receive", lambda tx: payments.receive(tx, new))

    def draft(self, days: int):
        return self.do("dunning.draft", lambda tx: dunning.draft(tx, DAY + timedelta(days=days)))

    def send(self, run, days: int):
        return self.do("dunning.send", lambda tx: dunning.send(tx, run, DAY + timedelta(days=days)))

    def remind(self, days: int):
        return self.send(self.draft(days), days)

    def undo(self, run):
        return self.do("dunning.undo", lambda tx: dunning.undo(tx, run, DAY))

    def claims(self, days: int):
        found = self.read(dunning_preview.preview, DAY + timedelta(days=days))
        return {claim.number: claim for proposal in found for claim in proposal.claims}

    def standing(self, invoice_id):
        return self.read(dunning_sheets.of_invoice, invoice_id)


@pytest.fixture
def office(sqlite_database):
    return Office(sqlite_database).set_up()


def test_a_run_says_what_it_does_with_each_claim_and_why(office):
    office.invoice("100"), office.invoice("50", DAY + timedelta(days=20))
    contested = office.invoice("40")
    new = NewDispute(contested, Decimal(40), "Never came", DAY)
    office.do("dispute.open", lambda tx: disputes.open_one(tx, new))
    blocked = office.invoice("30")
    office.do("dunning.block", lambda tx: dunning.block(tx, office.late, "Pays on Friday", invoice_id=blocked))
    whys = [(claim.claimed, claim.why) for claim in office.claims(22).values()]
    assert whys == [(100, Why.DUE), (0, Why.DISPUTED), (30, Why.BLOCKED), (50, Why.EARLY)]
    (letter,) = office.remind(22)
    assert office.read(dunning_sheets.letter, letter).total == 100
    assert office.claims(20)["INV-00001"].why == Why.EARLY


def test_what_is_disputed_is_not_asked_for(office):
    key = office.invoice("500")
    new = NewDispute(key, Decimal(120), "Scratched", DAY)
    dispute = office.do("dispute.open", lambda tx: disputes.open_one(tx, new))
    assert office.claims(7)["INV-00001"].claimed == 380
    office.do("dispute.reject", lambda tx: disputes.reject(tx, dispute, DAY, "Signed for without remark"))
    assert office.claims(7)["INV-00001"].claimed == 500


def test_fee_and_interest_are_open_items_of_their_own_and_nobody_pays_interest_on_them(office):
    key = office.invoice("1000")
    office.remind(7)
    (letter,) = office.remind(21)
    sheet = office.read(dunning_sheets.letter, letter)
    assert (sheet.head.fee, sheet.head.interest) == (10, Decimal("4.60"))  # 21 days of 365 at 8 %
    charges = office.read(billing.get, sheet.head.charges_id)
    assert (charges.total, charges.open_amount, charges.state) == (Decimal("14.60"), Decimal("14.60"), "posted")
    office.remind(42)
    third = office.standing(key)[0]
    assert (third.level, third.charges_open) == (3, Decimal("14.60") + 25 + Decimal("4.60"))
    assert list(office.claims(90)) == ["INV-00001"]
    assert office.read(dunning_sheets.letters_of, office.late)[0].carried == Decimal("14.60")
    assert office.damages() == []


def test_charges_that_are_only_asked_for_are_gone_with_the_claim(sqlite_database):
    office = Office(sqlite_database).set_up(Charges.ASKED)
    key = office.invoice("1000")
    office.remind(7), office.remind(21)
    assert office.standing(key)[0].open_amount == Decimal("1014.60")
    office.pay(key, "1000")
    assert office.standing(key)[0].is_resolved


def test_what_was_paid_since_the_letter_was_drafted_is_not_reminded_of(office):
    first, second = office.invoice("100"), office.invoice("60")
    run = office.draft(7)
    office.pay(first, "100"), office.pay(second, "20")
    (letter,) = office.send(run, 8)
    sheet = office.read(dunning_sheets.letter, letter)
    assert (sheet.head.claimed, sheet.head.number) == (40, "DL-00001")
    assert [row.state for row in sheet.rows] == [RunState.UNDONE, RunState.SENT]


def test_a_run_is_undone_as_if_it_had_not_been(office):
    key = office.invoice("1000")
    office.remind(7)
    run = office.draft(21)
    office.send(run, 21)
    office.undo(run)
    assert [(one.level, one.charges_open) for one in office.standing(key)] == [(1, 0)]
    assert office.claims(21)["INV-00001"].level == 2
    with pytest.raises(NotAllowed, match="undone already"):
        office.undo(run)


def test_a_run_that_was_followed_by_another_is_not_undone_first(office):
    office.invoice("1000")
    run = office.draft(7)
    office.send(run, 7), office.remind(21)
    with pytest.raises(NotAllowed, match="Undo the later run first"):
        office.undo(run)


def test_a_customer_who_is_blocked_gets_no_letter_until_the_day_is_over(office):
    office.invoice("100")
    until = DAY + timedelta(days=10)
    office.do("dunning.block", lambda tx: dunning.block(tx, office.late, "Pays in instalments", until=until))
    assert office.draft(10) is None
    assert office.claims(10)["INV-00001"].reason == "Pays in instalments"
    assert office.draft(11) is not None


def test_levels_that_do_not_climb_are_refused(office):
    with pytest.raises(Invalid, match="Level 2 comes after more days"):
        office.do("x", lambda tx: dunning_levels.save(tx, (Level(7, "One"), Level(7, "Two"))))


def test_charges_of_a_draft_may_be_waived(office):
    office.invoice("1000")
    office.remind(7)
    run = office.draft(21)
    (head,) = office.read(dunning_sheets.letters, run)
    (row,) = office.read(dunning_sheets.letter, head.id).rows
    nothing = {row.id: Decimal(0)}
    office.do("x", lambda tx: dunning.change_charges(tx, head.id, fee=Decimal(0), interest=nothing))
    (letter,) = office.send(run, 21)
    assert office.read(dunning_sheets.letter, letter).head.charges_id is None


def test_interest_counts_what_was_owed_on_each_day(office):
    """1000 for 11 days, 400 for 10 more: 8 % of 15 000 days' money is 3.29, not 1.84 as if 400 had been owed always."""
    key = office.invoice("1000")
    office.remind(7)
    office.pay(key, "600", days=11)
    assert office.claims(21)["INV-00001"].interest == Decimal("3.29")
    (letter,) = office.remind(21)
    office.pay(key, "100", days=31)
    sheet = office.read(dunning_sheets.letter, letter)
    assert sheet.head.interest == Decimal("3.29")
    claim = office.claims(42)["INV-00001"]  # from the last letter on: 400 for 10 days, 300 for 11
    assert (claim.claimed, claim.interest) == (300, Decimal("1.60"))


def test_interest_that_was_waived_does_not_come_back_with_the_next_letter(office):
    office.invoice("1000")
    office.remind(7)
    run = office.draft(21)
    (head,) = office.read(dunning_sheets.letters, run)
    (row,) = office.read(dunning_sheets.letter, head.id).rows
    office.do("x", lambda tx: dunning.change_charges(tx, head.id, interest={row.id: Decimal(0)}))
    office.send(run, 21)
    claim = office.claims(42)["INV-00001"]
    assert (claim.interest, claim.interest_from) == (Decimal("4.60"), DAY + timedelta(days=21))


def last_letter(office, fee: Decimal | None = None):
    """The furthest claim of a drafted final reminder is paid before it goes out; a first one is left."""
    key = office.invoice("1000")
    office.remind(7), office.remind(21)
    office.invoice("50", DAY + timedelta(days=30))
    run = office.draft(42)
    if fee is not None:
        (head,) = office.read(dunning_sheets.letters, run)
        office.do("x", lambda tx: dunning.change_charges(tx, head.id, fee=fee))
    office.pay(key, "1000")
    (letter,) = office.send(run, 42)
    head = office.read(dunning_sheets.letter, letter).head
    assert (head.level, head.level_name, head.blocks, head.claimed) == (1, "Payment reminder", False, 50)
    assert office.damages() == []
    return head


def test_a_letter_is_of_the_level_of_what_is_left_on_it(office):
    head = last_letter(office)
    assert (head.fee, head.charges_id) == (0, None)


def test_a_fee_that_a_person_changed_stays_when_a_claim_drops_out(office):
    head = last_letter(office, Decimal(3))
    assert (head.fee, office.read(billing.get, head.charges_id).total) == (3, 3)


def test_an_undone_run_credits_what_is_left_of_its_charges(office):
    key = office.invoice("1000")
    office.remind(7)
    run = office.draft(21)
    (letter,) = office.send(run, 21)
    charges = office.read(dunning_sheets.letter, letter).head.charges_id
    fee = office.read(billing.lines, charges)[0]
    office.do("invoice.credit", lambda tx: billing.credit(tx, charges, DAY, {fee.id: fee.grains}))
    office.undo(run)
    assert (office.read(billing.get, charges).open_amount, office.standing(key)[0].level) == (0, 1)
    assert office.damages() == []


def test_charges_are_rounded_to_coins_as_any_invoice(office):
    office.do("company.change", lambda tx: companies.change(tx, {"cash_rounding": Decimal("0.05")}))
    office.invoice("1005")
    office.remind(7)
    (letter,) = office.remind(21)
    head = office.read(dunning_sheets.letter, letter).head
    assert (head.interest, office.read(billing.get, head.charges_id).total) == (Decimal("4.63"), Decimal("14.65"))
    assert office.damages() == []


def test_nothing_is_credited_where_nothing_is_chosen(office):
    key = office.invoice("100")
    with pytest.raises(NotAllowed, match="Nothing of INV-00001 is chosen"):
        office.do("invoice.credit", lambda tx: billing.credit(tx, key, DAY, {}))


def test_two_clerks_who_remind_at_the_same_time_send_one_letter(database):
    office = Office(database).set_up()
    office.invoice("1000")
    office.remind(7)
    on = DAY + timedelta(days=21)
    assert overtaken(office, lambda tx: dunning.draft(tx, on), lambda tx: dunning.draft(tx, on)) is None
    assert office.damages() == []


def test_a_customer_pays_while_their_letter_goes_out(database):
    office = Office(database).set_up()
    key = office.invoice("1000")
    run = office.draft(7)
    whole = NewPayment(office.late, Decimal(1000), DAY, allocations={key: Decimal(1000)})
    sent = overtaken(office, lambda tx: payments.receive(tx, whole), lambda tx: dunning.send(tx, run, DAY))
    assert sent == []
    assert office.damages() == []


def test_a_fee_is_not_changed_while_the_letter_goes_out(database):
    office = Office(database).set_up()
    office.invoice("1000")
    office.remind(7)
    run = office.draft(21)
    (head,) = office.read(dunning_sheets.letters, run)
    change = {"fee": Decimal(99)}
    with pytest.raises(NotAllowed, match="not a draft any more"):
        overtaken(
            office,
            lambda tx: dunning.send(tx, run, DAY + timedelta(days=21)),
            lambda tx: dunning.change_charges(tx, head.id, **change),
        )
    assert office.damages() == []


def test_a_run_is_not_undone_while_the_next_one_is_drafted(database):
    office = Office(database).set_up()
    office.invoice("1000")
    run = office.draft(7)
    office.send(run, 7)
    on = DAY + timedelta(days=21)
    with pytest.raises(NotAllowed, match="Undo the later run first"):
        overtaken(office, lambda tx: dunning.draft(tx, on), lambda tx: dunning.undo(tx, run, DAY))
    assert office.damages() == []


def test_every_damage_is_named(office):
    key = office.invoice("1000")
    office.remind(7), office.remind(21)
    new = NewDispute(key, Decimal(120), "Scratched", DAY)
    office.do("dispute.open", lambda tx: disputes.open_one(tx, new))
    office.do("x", lambda tx: parties.change(tx, office.late, {"credit_limit": Decimal(5)}, {}))
    ordered = NewOrder(office.late, (LineInput(kind="fee", name="Work", unit_price=Decimal(50), tax_codes=""),))
    order = office.do("order.write", lambda tx: orders.create(tx, ordered))
    office.do("order.confirm", lambda tx: orders.confirm(tx, order))
    assert office.damages() == []
    chosen = [one for one in PASSES if one.words in {"reminders", "numbers and times"}]
    for statement, rule in REMINDED.items():
        with office.database.engine.connect() as connection:
            connection.exec_driver_sql("SAVEPOINT sound")
            connection.connection.dbapi_connection.create_function("waybill_gate", 0, lambda: 1)
            connection.exec_driver_sql(statement)
            found = {one.rule for one in integrity.check(connection, passes=chosen)}
            connection.exec_driver_sql("ROLLBACK TO sound")
            connection.rollback()
        assert rule in found, (statement, found)
