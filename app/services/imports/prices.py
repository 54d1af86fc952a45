"""Price agreements from a file: which prices are new, which differ from what is agreed, and writing them.

A row is a rule of a price list: a product in a unit from a quantity and a day on, at a price or with a discount off
the list price.  What is agreed already is always compared as it stands now, also where the same file came in before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from app.errors import Conflict, Invalid
from app.models.base import new_id
from app.models.company import external_key
from app.models.price_list import price_list, price_rule
from app.models.pricing import Base, Formula
from app.models.product import product
from app.services import companies, document_lines, price_lists, products
from app.services.imports.agreed_lists import Agreed, AgreedLists, RefusedError
from app.services.imports.checking import CheckedRow, Outcome
from app.services.imports.fields import Kind
from app.services.imports.known import Suggestions, by_code, fingerprint, imported
from app.services.imports.plan import Effect, Part, Plan, Work, values_of
from app.services.price_lists import NewPriceList, NewRule
from app.services.products import Product
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)
_FORMULA: Final = tuple(Formula.__dataclass_fields__)
_WRITTEN: Final = (*_FORMULA, "base_list_id", "ends_on")
"""What an import writes of a rule that is here; the rest says which rule it is."""
_LONGEST: Final = 120


def plan(connection: Connection, planned: Plan) -> None:
    """Decide for each row that is ready whether its price is new, changes what is agreed, or is agreed already."""
    check, source = planned.request.check, planned.request.source
    ready = [row for row in planned.rows if row.outcome is Outcome.READY]
    found = _Books(connection, source, {str(values_of(check, row)["sku"]) for row in ready})
    first: dict[str, CheckedRow] = {}
    work = []
    for row in ready:
        try:
            one = found.work(row, values_of(check, row))
            if (known := first.setdefault(one.number, row)) is not row:
                raise RefusedError("sku", f"Row {known.number:,} agrees the same price.", "Keep one of the rows.")
        except RefusedError as error:
            field = error.field if check.place(error.field) is not None else "sku"
            row.reject(check.problem(row, field, error.reason, error.fix))
            continue
        work.append(one)
    before = imported(connection, source, Kind.PRICES, (one.number for one in work))
    for one in work:
        if one.row_id is None:
            planned.effects[one.row.number] = Effect.NEW
            one.values["stale"] = before[one.number][0] if one.number in before else None
        else:
            planned.effects[one.row.number] = Effect.CHANGED if one.changes else Effect.UNCHANGED
        if one.row_id is None or one.changes:
            planned.told[one.row.number] = one.values["told"]
            planned.work.append(one)


def write(tx: Transaction, work: Sequence[Work]) -> list[UUID]:
    """Add and change the rules, list by list, and add lists that are not here; give the rules' ids in order.

    Raises:
        Invalid: a rule cannot be taken.
        Conflict: somebody changed the same price, or added the list, since the dry run.

    """
    ids: dict[str, UUID] = {}
    lists = {name: list_id for list_id, name, _, _ in price_lists.find(tx.connection)}
    for name, group in groupby(sorted(work, key=lambda one: str(one.values["list"].name)), key=_list_name):
        part = list(group)
        agreed: Agreed = part[0].values["list"]
        list_id = agreed.list_id or lists.get(name)
        if list_id is None:
            list_id = price_lists.add(
                tx, NewPriceList(name, agreed.currency, (agreed.buyer,), priority=agreed.priority)
            )
        ids |= _write_list(tx, list_id, agreed, part)
    return [ids[one.number] for one in work]


def written_over(one: Work) -> list[Part]:
    """Say what writing ``one`` changes of a rule that is here: what it said, and what it says then."""
    return [(price_rule.name, one.row_id, one.seen, one.changes)] if one.changes else []


def said(rule: NewRule) -> dict[str, Any]:
    """Give what an import writes of a rule, by column."""
    columns = price_lists.rule_columns(rule)
    return {name: columns[name] for name in _WRITTEN}


def saying(rule: NewRule, columns: dict[str, Any]) -> NewRule:
    """Let a rule say what ``columns`` of it say."""
    every = {**said(rule), **columns}
    formula = Formula(Base(every["base"]), *(every[name] for name in _FORMULA[1:]))
    return replace(rule, formula=formula, base_list_id=every["base_list_id"], ends_on=every["ends_on"])


def digest_of(rule: NewRule) -> str:
    """Digest what a rule says, to see whether it was changed since."""
    return fingerprint(sorted(said(rule).items()))


def _list_name(one: Work) -> str:
    return str(one.values["list"].name)


def _write_list(tx: Transaction, list_id: UUID, agreed: Agreed, work: Sequence[Work]) -> dict[str, UUID]:
    """Write the rules of one list; give their ids by number."""
    tx.lock(price_list, list_id, "Price list")  # before it is read: another clerk's rules are seen, not lost
    stored = price_lists.get(tx.connection, list_id)
    if agreed.list_id is None and (stored.currency != agreed.currency or stored.buyers != (agreed.buyer,)):
        raise Conflict(f"the price list {agreed.name}")
    rules, ids = list(stored.rules), {}
    for one in work:
        wanted: NewRule = one.values["rule"]
        here = next((at for at, rule in enumerate(rules) if rule.id == one.row_id), None)
        if one.row_id is None:
            if one.values["stale"] is not None:
                tx.delete_parts(external_key, "row_id", one.values["stale"])
            if any(_is_same(rule, wanted, one.values["stock_unit"]) for rule in rules):
                raise Conflict(f"the price of {one.values['sku']}")
            wanted = replace(wanted, id=new_id())
            rules.insert(_before(rules, wanted), wanted)
        elif here is None or any(said(rules[here])[name] != value for name, value in one.seen.items()):
            raise Conflict(f"the price of {one.values['sku']}")
        else:
            wanted = rules[here] = saying(rules[here], one.changes)
        assert wanted.id is not None, "stored, or given above"
        ids[one.number] = wanted.id
    price_lists.set_rules(tx, list_id, rules)
    return ids


def _before(rules: Sequence[NewRule], new: NewRule) -> int:
    """Find where a rule goes so that it is asked before those it goes before.

    These are what is for more products, and of the same product what is for any unit, from less on, or older.
    """

    def rank(rule: NewRule) -> tuple[bool, Decimal, date]:
        return bool(rule.unit), rule.min_quantity, rule.starts_on or date.min

    for place, rule in enumerate(rules):
        if rule.product_id is None or (rule.product_id == new.product_id and rank(rule) < rank(new)):
            return place
    return len(rules)


def _is_same(rule: NewRule, other: NewRule, stock_unit: str) -> bool:
    return _identity(rule, stock_unit) == _identity(other, stock_unit)


def _identity(rule: NewRule, stock_unit: str) -> tuple[Any, ...]:
    """Tell which price a rule is: of which product in which unit, from which quantity and day on."""
    unit = "" if rule.unit == stock_unit else rule.unit
    return rule.product_id, unit, rule.min_quantity, rule.starts_on


class _Books:
    """The products, customers and price lists that the rows of a file name."""

    def __init__(self, connection: Connection, source: str, skus: Iterable[str]) -> None:
        self._connection = connection
        wanted = set(skus)
        before = {sku: found[0] for sku, found in imported(connection, source, Kind.PRODUCTS, wanted).items()}
        self._ids = by_code(connection, product.c.sku, product.c.id, wanted) | before
        self._products = products.get_many(connection, list(self._ids.values()))
        self._suggest = Suggestions(connection, product.c.sku)
        self._own = companies.own_currency(connection)
        self._lists = AgreedLists(connection, source)
        self._rules: dict[UUID, dict[UUID | None, list[NewRule]]] = {}

    def work(self, row: CheckedRow, values: dict[str, Any]) -> Work:
        """Find what a row agrees, and the rule that is here for it.

        Raises:
            RefusedError: something the row names is not here, or it does not say one price.

        """
        sku = str(values["sku"])
        if sku not in self._ids:
            fix = self._suggest.sentence(sku) or "Import the product first."
            raise RefusedError("sku", "No such SKU.", fix)
        sold, agreed = self._products[self._ids[sku]], self._lists.of(values)
        rule = _rule(sold, values)
        here = next((one for one in self._of(agreed, sold.id) if _is_same(one, rule, sold.unit)), None)
        if here is not None and values.get("ends_on") is None:
            rule = replace(rule, ends_on=here.ends_on)  # an empty cell changes nothing
        number = _number(sku, agreed, rule)
        content = {"list": agreed, "rule": rule, "sku": sku, "stock_unit": sold.unit}
        one = Work(number, row, content, digest_of(rule), here.id if here else None)
        if here is not None:
            now, then = said(here), said(rule)
            one.changes = {name: value for name, value in then.items() if now[name] != value}
            one.seen = {name: now[name] for name in one.changes}
        content["told"] = self._told(sold, agreed, here, rule)
        return one

    def _of(self, agreed: Agreed, product_id: UUID) -> list[NewRule]:
        if agreed.list_id is None:
            return []
        if agreed.list_id not in self._rules:
            known = self._rules.setdefault(agreed.list_id, {})
            for rule in price_lists.get(self._connection, agreed.list_id).rules:
                known.setdefault(rule.product_id, []).append(rule)
        return self._rules[agreed.list_id].get(product_id, [])

    def _told(self, sold: Product, agreed: Agreed, here: NewRule | None, rule: NewRule) -> str:
        """Say what is asked now and what is asked then."""
        then = f"{_words(rule)} {agreed.currency}" if rule.formula.base is Base.FIXED else _words(rule)
        if here is None:
            try:
                listed = document_lines.list_price(sold, sold.factor(rule.unit), agreed.currency, self._own)
            except Invalid:  # no list price in this currency
                return then
            return f"list price {_figure(listed)} → {then}"
        told = [f"{_words(here)} → {then}"] if here.formula != rule.formula else []
        if here.ends_on != rule.ends_on:
            told.append(f"until {here.ends_on or 'further notice'} → {rule.ends_on}")
        return ", ".join(told)


def _rule(sold: Product, values: dict[str, Any]) -> NewRule:
    """Make the rule a row asks for."""
    price, percent = values.get("price"), values.get("discount_percent") or ZERO
    if (price is None) is not bool(percent):
        reason = "There is a price and a discount." if percent else "There is neither a price nor a discount."
        raise RefusedError("price", reason, "Fill in one of them.")
    if percent > 100:
        raise RefusedError("discount_percent", "A discount of more than the price cannot be given.")
    starts_on, ends_on = values.get("starts_on"), values.get("ends_on")
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise RefusedError("ends_on", "The last day lies before the first.")
    unit = str(values.get("unit") or "")
    try:
        sold.factor(unit)
    except Invalid as error:
        raise RefusedError("unit", str(error)) from error
    formula = Formula(percent=percent) if price is None else Formula(Base.FIXED, price)
    return NewRule(
        formula,
        sold.id,
        unit="" if unit == sold.unit else unit,
        min_quantity=values.get("from_quantity") or ZERO,
        starts_on=starts_on,
        ends_on=ends_on,
    )


def _number(sku: str, agreed: Agreed, rule: NewRule) -> str:
    """Name a price as people would, and so that the same row is known again."""
    parts = [sku, f"for {agreed.who}" if agreed.who else "", agreed.name, rule.unit]
    parts += [f"from {_plain(rule.min_quantity)}" if rule.min_quantity else "", f"since {rule.starts_on}"]
    number = ", ".join(part for part in parts if part and part != "since None").replace("|", "/")
    return number if len(number) <= _LONGEST else f"{number[:80]}… {fingerprint([('number', number)])[:32]}"


def _words(rule: NewRule) -> str:
    formula = rule.formula
    if formula == Formula(Base.FIXED, formula.fixed):
        return _figure(formula.fixed or ZERO)
    return f"{_plain(formula.percent)} % off" if formula == Formula(percent=formula.percent) else "a formula"


def _figure(price: Decimal) -> str:
    cut = price.normalize()
    exponent = cut.as_tuple().exponent
    return f"{cut if isinstance(exponent, int) and exponent < -2 else price.quantize(Decimal('0.01')):f}"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
