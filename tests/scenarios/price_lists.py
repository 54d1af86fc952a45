"""``price_list`` and ``price_rule_priority``: what price lists make of a product, a quantity, a unit and a day.

A case's lists are set up in a company of its own, each for a channel of its name, and every price is asked of the
books as an order of that channel would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from app.models.pricing import Base, Formula, PriceConflict
from app.services import companies, orders, price_lists, pricing, products
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.price_lists import For, NewPriceList, NewRule
from app.services.pricing import Buyer, Explanation
from tests.scenarios.cases import REMARKS, Case, Round
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered, number
from tests.scenarios.flow_company import Company, found
from tests.scenarios.running import adapter, finish

RULES: Final = "the rules"
"""The list that a case's rules in order make."""
PER_STOCK_UNIT: Final = "per stock unit"
"""What a note says where figures are not for the unit that is asked for."""
_STEP: Final = re.compile(r"\s*([x*/+-])\s*([\d.]+)\s*(%?)")


class _Shop:
    """The company of one case and the lists in it, by the names the case gives them."""

    def __init__(self, company: Company, given: Facts) -> None:
        self.company, self.given = company, given
        self.currency = given.text("company_currency", "EUR")
        self.lists: dict[str, UUID] = {}
        self.categories = _paths(given.facts("categories"))
        self.quantities: dict[str, Decimal] = {}
        rates = given.facts("rates")
        self.rates = {_code(name): rates.number(name) for name in rates}
        for code, rate in self.rates.items():
            if code != self.currency:
                company.do("rate.set", lambda tx, c=code, r=rate: companies.set_rate(tx, c, date(2000, 1, 1), r))

    def add(self, name: str, rules: list[Facts], currency: str = "") -> None:
        new = NewPriceList(
            name,
            currency or self.currency,
            buyers=(For(channel=name),),
            rules=tuple(_rule(self, each) for each in rules),
        )
        self.lists[name] = self.company.do("price_list.add", lambda tx: price_lists.add(tx, new))

    def explain(self, name: str, asked: Facts, currency: str, unit: str, quantity: Decimal) -> Explanation:
        """Ask the books what the list makes of a quantity of a product."""
        day = date.fromisoformat(asked.text("date", asked.text("on", self.company.today.isoformat())))
        product_id = self.company.product(asked.text("product"))
        buyer = Buyer(self.company.customer, day, channel=name)

        def read(connection: Any) -> Explanation:
            product = products.get(connection, product_id)
            book = pricing.open_book(connection, buyer, currency, [product_id])
            return (book or pricing.list_price_only(connection, buyer, currency)).explain(product, quantity, unit)

        return self.company.read(read)


@adapter("price_list")
def run_lists(case: Case, checks: Checks) -> None:
    """Set the lists up once for all queries; a variant has a company of its own."""
    stock_unit = PER_STOCK_UNIT in str(case.body.get("note", ""))
    queries = case.body.get("queries") or []
    if queries:
        given = _given(case.body.get("given") or {})
        with _shop(given) as shop:
            for index, query in enumerate(queries, 1):
                checks.label = f"query {index}"
                asked = Facts({name: value for name, value in query.items() if name != "expect"}, "query")
                _ask(shop, asked, query.get("expect"), checks, stock_unit)
        finish(given)
    for round_ in replace(case, body={**case.body, "queries": []}).rounds():
        if round_.label or round_.expect is not None or round_.steps or not queries:
            _run_round(round_, checks, stock_unit)


def _run_round(round_: Round, checks: Checks, stock_unit: bool) -> None:
    checks.label = round_.label
    given = _given(round_.given)
    with _shop(given) as shop:
        if round_.expect is not None:
            _ask(shop, given, round_.expect, checks, stock_unit)
        for index, step in enumerate(round_.steps, 1):
            checks.label = f"{round_.label} step {index}".strip()
            asked = Facts({name: value for name, value in step.items() if name != "expect"}, f"steps[{index}]")
            _ask(shop, asked, step.get("expect"), checks, stock_unit)
    finish(given)


def _given(facts: dict[str, Any]) -> Facts:
    """The facts of a case, each unit with its plain factor."""
    units = facts.get("uom")
    if not isinstance(units, dict):
        return Facts(dict(facts))
    factors = {}
    for name, unit in units.items():
        found_unit = Facts(unit if isinstance(unit, dict) else {"factor": unit}, f"uom.{name}")
        factors[name] = str(found_unit.number("factor"))
        finish(found_unit)
    return Facts({**facts, "uom": factors})


@contextmanager
def _shop(given: Facts) -> Iterator[_Shop]:
    company = found(given)
    try:
        shop = _Shop(company, given)
        _products(shop)
        for name, rules in given.value("lists", {}).items():
            own = _code(name) if _code(name) in shop.rates else shop.currency
            shop.add(name, [Facts(each, f"lists.{name}") for each in rules], own)
        if "rules_in_order" in given:
            shop.add(RULES, given.all_facts("rules_in_order"))
        yield shop
    finally:
        company.close()


def _ask(shop: _Shop, asked: Facts, expect: Any, checks: Checks, stock_unit: bool) -> None:
    """Ask for a price, or write the order whose amount is expected."""
    asked.ignore(*REMARKS)
    name, currency = asked.text("list", RULES if RULES in shop.lists else next(iter(shop.lists), RULES)), ""
    if "currency" in asked:
        currency = _code(asked.text("currency"))
    elif name in shop.lists:
        currency = shop.company.read(lambda c: price_lists.get(c, shop.lists[name])).currency
    if "rule" in asked:
        name = checks.label
        shop.add(name, [asked.facts("rule")], currency or shop.currency)
    if isinstance(expect, dict) and "order_untaxed" in expect:
        _order(shop, asked, Facts(expect, "expect"), checks, (name, currency or shop.currency))
    else:
        _price(shop, asked, expect, checks, (name, currency or shop.currency, stock_unit))
    finish(asked)


def _price(shop: _Shop, asked: Facts, expect: Any, checks: Checks, of: tuple[str, str, bool]) -> None:
    name, currency, stock_unit = of
    unit = asked.text("uom")
    told = shop.explain(name, asked, currency, unit, asked.number("qty", "1"))
    factor = _factor(shop, asked.text("product"), unit) if stock_unit else Fraction(1)
    price = told.offer.net if told.offer is not None else told.list_price
    each = None if price is None else Fraction(price) / factor
    expected = Facts(expect if isinstance(expect, dict) else {"price": expect}, "expect")
    for facts in (asked, expected):
        for word in ("shown_discount_pct", "discount_pct"):
            if word in facts:
                checks.figure(facts.place(word), facts.value(word), told.discount_percent)
    for word in ("price", "unit_price"):
        if word in expected:
            checks.figure(expected.place(word), expected.value(word), each)
    finish(expected)


def _order(shop: _Shop, asked: Facts, expected: Facts, checks: Checks, of: tuple[str, str]) -> None:
    """Write an order of the list's channel without any price; without lines it is for one query, or each product."""
    name, currency = of
    rows = asked.all_facts("lines") if "lines" in asked else asked.facts("order").all_facts("lines")
    if not rows and "product" in asked:
        rows = [asked]
    inputs = tuple(
        LineInput(shop.company.product(row.text("product")), row.number("qty", "1"), row.text("uom")) for row in rows
    ) or tuple(LineInput(shop.company.products[each], quantity) for each, quantity in shop.quantities.items())
    new = NewOrder(shop.company.customer, inputs, currency=currency, channel=name, ordered_on=shop.company.today)
    order_id = shop.company.do("order.create", lambda tx: orders.create(tx, new))
    head = shop.company.read(lambda c: orders.get(c, order_id))
    checks.amounts(expected, {"order_untaxed": head.untaxed})
    finish(expected)


def _products(shop: _Shop) -> None:
    """Add the products; a case's category becomes the path to it."""
    facts = shop.given.facts("products")
    for name in facts:
        values = facts.facts(name)
        new = products.NewProduct(
            name,
            name,
            list_price=values.number("list_price", "0"),
            unit=values.text("uom", next(iter(shop.company.units), "unit")),
            kind=values.choice("type", ("goods", "service"), "goods"),
            category=shop.categories.get(values.text("category"), values.text("category")),
        )
        own = shop.company.units.get(new.unit, Fraction(1))
        others = {unit: factor / own for unit, factor in shop.company.units.items() if unit != new.unit}
        shop.quantities[name] = values.number("qty", "1")
        new = replace(new, units=others)
        shop.company.products[name] = shop.company.do("product.add", lambda tx, n=new: products.add(tx, n))


def _paths(categories: Facts) -> dict[str, str]:
    """Give each category its path: a case names its parent."""
    parents = {}
    for name in categories:
        found = categories.value(name)
        parents[name] = Facts(found, name).text("parent") if isinstance(found, dict) else (found or "")
    return {name: "/".join(_ancestors(name, parents)) for name in parents}


def _ancestors(name: str, parents: dict[str, str]) -> list[str]:
    above = parents.get(name, "")
    return [*(_ancestors(above, parents) if above else []), name]


def _code(name: str) -> str:
    """A currency by its ISO code; cases may call the won by its name."""
    return {"WON": "KRW"}.get(name.upper(), name.upper())


def _factor(shop: _Shop, product: str, unit: str) -> Fraction:
    product_id = shop.company.product(product)
    return shop.company.read(lambda c: products.get(c, product_id)).factor(unit)


# formulas -------------------------------------------------------------------------------------

_NAMES: Final = {
    "product", "category", "price", "min_qty", "max_qty", "start", "end", "uom", "discount_pct",
    "surcharge", "min_margin", "max_margin", "round", "base",
}  # fmt: skip


def _rule(shop: _Shop, facts: Facts) -> NewRule:
    """Read a rule: what it speaks of, from which quantity and day, and its formula."""
    unknown = set(facts) - _NAMES
    if unknown:
        raise NotCovered(f"{facts.where}: {', '.join(sorted(unknown))}")
    formula, base = _formula(shop, str(facts.value("price", "list")))
    if "discount_pct" in facts:
        formula = replace(formula, percent=facts.number("discount_pct"))
    formula = replace(
        formula,
        surcharge=formula.surcharge + facts.number("surcharge", "0"),
        step=facts.number("round", "0"),
        min_margin=facts.optional_number("min_margin"),
        max_margin=facts.optional_number("max_margin"),
    )
    category = facts.text("category")
    return NewRule(
        formula,
        shop.company.product(facts.text("product")) if "product" in facts else None,
        shop.categories.get(category, category),
        facts.text("uom"),
        facts.number("min_qty", "0"),
        facts.optional_number("max_qty"),
        _day(facts, "start"),
        _day(facts, "end"),
        base,
    )


def _day(facts: Facts, name: str) -> date | None:
    found = facts.text(name)
    return date.fromisoformat(found) if found else None


def _formula(shop: _Shop, written: str) -> tuple[Formula, UUID | None]:
    """Read ``80``, ``list x 0.7``, ``list - 10%``, ``price(base) x 0.9 + 2``."""
    start, base, rest = _start(shop, written.strip())
    factor, added = Fraction(1), Fraction(0)
    while rest.strip():
        step = _STEP.match(rest)
        if step is None:
            raise NotCovered(f"the price {written!r}")
        sign, figure, rest = step[1], Fraction(number(step[2], "price")), rest[step.end() :]
        if step[3]:
            factor *= 1 + (figure if sign == "+" else -figure) / 100
        elif sign in "x*/":
            factor *= figure if sign != "/" else 1 / figure
            added *= figure if sign != "/" else 1 / figure
        else:
            added += figure if sign == "+" else -figure
    percent = 100 - factor * 100
    return replace(start, percent=_decimal(percent), surcharge=_decimal(added)), base


def _start(shop: _Shop, written: str) -> tuple[Formula, UUID | None, str]:
    if written.startswith("list"):
        return Formula(), None, written.removeprefix("list").removeprefix("_price")
    if found := re.match(r"price\((\w+)\)", written):
        if found[1] not in shop.lists:
            raise NotCovered(f"the list {found[1]}")
        return Formula(Base.OTHER), shop.lists[found[1]], written[found.end() :]
    if found := re.match(r"[\d.]+", written):
        return Formula(Base.FIXED, number(found[0], "price")), None, written[found.end() :]
    raise NotCovered(f"the price {written!r}")


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


# which of several rules -----------------------------------------------------------------------


@adapter("price_rule_priority")
def run_priority(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        given = Facts(dict(round_.given))
        company = found(given)
        try:
            _decide(company, given, round_, checks)
        finally:
            company.close()
        finish(given)


def _decide(company: Company, given: Facts, round_: Round, checks: Checks) -> None:
    """Each rule is a list of its own, for its customer and campaign, that shows a discount off the list price."""
    rules, later = given.all_facts("rules"), given.list("before_rules")
    given.ignore("company_currency", "today")
    without = given.flag("without_priority")
    names = {each.text("item") for each in rules if "item" in each} | {given.text("item")}
    for name in sorted(names):
        company.add_product(name, Facts({"list_price": "100"}), Decimal(0))
    for each in rules:
        if each.text("name") in later:
            each.ignore(*each)
        else:
            new = _list_of(company, each, without=without)
            company.do("price_list.add", lambda tx, n=new: price_lists.add(tx, n))
    customer = company.party(given.text("customer")) if "customer" in given else company.customer
    buyer = Buyer(customer, company.today, group=given.text("customer_group"), channel=given.text("channel"))
    buyer = replace(buyer, campaign=given.text("campaign"))
    line = LineInput(company.product(given.text("item")), given.number("qty", "1"))

    def discount() -> Decimal:
        found_ = company.read(lambda c: _told(c, buyer, line))
        if found_.conflict:
            raise PriceConflict([found_.conflict])
        return found_.discount_percent or Decimal(0)

    if str(round_.expect).startswith("error"):
        checks.refused(str(round_.expect), {"error_conflict": PriceConflict}, discount)
    else:
        checks.figure("expect", round_.expect, discount())


def _told(connection: Any, buyer: Buyer, line: LineInput) -> Explanation:
    assert line.product_id is not None
    product = products.get(connection, line.product_id)
    book = pricing.open_book(connection, buyer, "EUR", [product.id])
    return (book or pricing.list_price_only(connection, buyer, "EUR")).explain(product, line.quantity, "")


def _list_of(company: Company, each: Facts, *, without: bool) -> NewPriceList:
    group = each.text("item_group")
    rule = NewRule(
        Formula(percent=each.number("discount_pct")),
        company.product(each.text("item")) if "item" in each else None,
        "" if group == "all" else group,
        min_quantity=each.number("min_qty", "0"),
    )
    whom = For(
        company.party(each.text("customer")) if "customer" in each else None,
        each.text("customer_group"),
        each.text("channel"),
        each.text("campaign"),
    )
    priority = each.whole("priority", 0) if "priority" in each else None
    return NewPriceList(each.text("name"), buyers=(whom,), rules=(rule,), priority=None if without else priority)
