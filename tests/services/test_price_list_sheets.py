"""A price list is changed as a whole: only where nobody else changed the same, and back again the same way."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.errors import Conflict, Invalid
from app.models.pricing import Formula
from app.services import parties, price_list_sheets, price_lists
from app.services.parties import NewCustomer
from app.services.price_lists import For, NewPriceList, NewRule
from tests.desk import Desk
from tests.races import overtaken
from tests.views import small_company

TEN, TWENTY = (NewRule(Formula(percent=Decimal(each))) for each in (10, 20))


@pytest.fixture
def company(sqlite_database):
    return small_company.found(sqlite_database)


def test_rules_changed_meanwhile_are_kept_and_a_change_is_taken_back_though_it_deleted_rules(company):
    key = company.do(lambda tx: price_lists.add(tx, NewPriceList("Shops", rules=(TEN, TWENTY))))
    before = company.read(lambda connection: price_lists.get(connection, key))
    after = replace(before, name="Stores", buyers=(For(company.harbor),), rules=(before.rules[1],))
    company.do(lambda tx: price_list_sheets.save(tx, before, after))
    other = replace(before, rules=(TEN,))
    with pytest.raises(Conflict, match="the rules of Stores"):
        company.do(lambda tx: price_list_sheets.save(tx, before, other))
    with pytest.raises(Conflict, match="for whom Stores is"):
        company.do(lambda tx: price_list_sheets.save(tx, before, replace(before, buyers=())))
    (row,) = company.read(price_list_sheets.read)
    assert (row.name, row.rules, row.customers) == ("Stores", 1, {company.harbor: "Harbor & Finch"})
    company.do(lambda tx: price_list_sheets.save(tx, after, before))
    assert company.read(lambda connection: price_lists.get(connection, key)) == before


def test_two_clerks_who_save_at_the_same_moment_do_not_lose_each_others_rules(database):
    desk = Desk(database).found()
    new = NewPriceList("Retail", rules=(NewRule(Formula(percent=Decimal(10))),))
    list_id = desk.do("price_list.add", lambda tx: price_lists.add(tx, new))
    seen = desk.read(lambda connection: price_lists.get(connection, list_id))
    one, other = (
        replace(seen, rules=(replace(seen.rules[0], formula=Formula(percent=Decimal(percent))),))
        for percent in (20, 30)
    )
    with pytest.raises(Conflict, match="the rules of Retail"):
        overtaken(
            desk,
            lambda tx: price_list_sheets.save(tx, seen, one),
            lambda tx: price_list_sheets.save(tx, seen, other),
        )
    (rule,) = desk.read(lambda connection: price_lists.get(connection, list_id)).rules
    assert rule.formula.percent == 20


def test_a_customer_is_told_by_number_or_by_a_name_that_only_one_has(company):
    twins = [NewCustomer("Twin", number="T-1"), NewCustomer("Twin", number="T-2")]
    first, second = company.do(lambda tx: parties.add_many(tx, twins))
    found = company.read(lambda connection: price_list_sheets.customers_of(connection, ["T-2", "Summit Safety"]))
    assert found == {"T-2": second, "Summit Safety": company.summit}
    assert first != second
    for typed, reason in (("Twin", "several customers Twin"), ("Nobody", "no customer Nobody")):
        with pytest.raises(Invalid, match=reason):
            company.read(lambda connection, typed=typed: price_list_sheets.customers_of(connection, [typed]))
