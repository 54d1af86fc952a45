"""The program proposes which column is which, says how sure it is, and asks where it must."""

from __future__ import annotations

import pytest

from app.errors import Invalid
from app.services.imports import preview
from app.services.imports.fields import Kind
from app.services.imports.mapping import SURE, FieldSource, Mapping, complete, propose, proposed
from tests.services.imports.files import book, checked, looked_at, records, shared, text_file


def fields_of(path, kind):
    return {p.column.name: p.source.field if p.source else "" for p in propose(looked_at(path)[1], kind)}


def test_the_picture_of_the_import_page(tmp_path):
    header = "Kundennr;Bestellnummer;Artikel;Menge;Preis;Liefertermin;Bemerkung;Datum;Auftrag"
    path = text_file(
        tmp_path, f"{header}\nC-00412;4500-88213;VAL-BR-00418;40;18,40;24.11.26;bitte Dock 4;20.11.26;A1\n"
    )
    assert fields_of(path, Kind.ORDERS) == {
        "Kundennr": "customer_number",
        "Bestellnummer": "customer_po",
        "Artikel": "sku",
        "Menge": "quantity",
        "Preis": "unit_price",
        "Liefertermin": "promised_on",
        "Bemerkung": "",
        "Datum": "ordered_on",
        "Auftrag": "number",
    }
    shown = {c.column: (c.label, c.before, c.after) for c in preview.columns(checked(path, Kind.ORDERS)[0])}
    assert shown["Preis"] == ("Unit price", "18,40", "18.40")
    assert shown["Liefertermin"] == ("Promised date", "24.11.26", "2026-11-24")
    assert shown["Artikel"] == ("SKU", "VAL-BR-00418", "")
    assert shown["Bemerkung"] == ("", "bitte Dock 4", "")


@pytest.mark.parametrize(
    ("file", "kind", "expected"),
    [
        ("customers", Kind.CUSTOMERS, "customer_id=number company_name=name address=street fax="),
        ("products", Kind.PRODUCTS, "product_id=sku product_name=name units_on_order= supplier_id="),
        (
            "orders",
            Kind.ORDER_HEADERS,
            "order_id=number ship_via= required_date=requested_on shipped_date=shipped_on employee_id=",
        ),
        ("order_details", Kind.ORDER_LINES, "order_id=number product_id=sku discount=discount_percent"),
    ],
)
def test_northwind_maps_itself(file, kind, expected):
    found = fields_of(shared("northwind", f"{file}.csv"), kind)
    wanted = dict(pair.split("=") for pair in expected.split())
    assert {name: found[name] for name in wanted} == wanted


def test_numbers_that_were_stored_imprecisely_are_noticed():
    by_name = {
        p.column.name: p for p in propose(looked_at(shared("northwind", "order_details.csv"))[1], Kind.ORDER_LINES)
    }
    price, discount = by_name["unit_price"], by_name["discount"]
    assert (price.source.decimals, discount.source.decimals, discount.source.share) == (2, 2, True)
    assert "rounded to 2 places" in price.question


@pytest.mark.parametrize("texts", [["9.80", "14.25"], ["1.1234567", "2.7654321"], ["12345678", "5"]])
def test_precise_numbers_are_left_alone(tmp_path, texts):
    path = text_file(tmp_path, "sku,price\n" + "".join(f"A{n},{text}\n" for n, text in enumerate(texts)))
    assert propose(looked_at(path)[1], Kind.PRODUCTS)[1].source.decimals is None


def test_the_better_name_wins_and_a_field_is_filled_once(tmp_path):
    path = text_file(tmp_path, "name,customer name,no,customer number\na,b,1,2\n")
    assert fields_of(path, Kind.CUSTOMERS) == {
        "name": "name",
        "customer name": "",
        "no": "",
        "customer number": "number",
    }


def test_a_known_name_is_proposed_even_where_its_cells_are_wrong_so_that_they_are_not_passed_over(tmp_path):
    path = text_file(tmp_path, "sku,name,price,price note\nA,x,cheap,1\nB,y,dear,2\n")
    price, note = propose(looked_at(path)[1], Kind.PRODUCTS)[2:]
    assert (price.source.field, price.confidence, price.reason) == (
        "list_price",
        85,
        "the name is known, but most cells are not of the kind number",
    )
    assert note.source is None


def test_how_sure_a_proposal_is(tmp_path):
    path = text_file(tmp_path, "SKU,Name,List price (web),Barcoede\nA,x,1.50,123\n")
    sure = {p.column.name: (p.confidence, p.reason) for p in propose(looked_at(path)[1], Kind.PRODUCTS)}
    assert sure["SKU"] == (SURE, "the name is known")
    assert sure["List price (web)"] == (80, "part of the name is known")
    assert sure["Barcoede"] == (60, "the name is like “barcode”")


def test_an_undecided_column_asks_and_its_cells_are_errors_until_it_is_answered(tmp_path):
    path = text_file(tmp_path, "Auftrag;Kunde;Datum;Artikel;Menge;Preis\nA1;C1;03/04/2026;X;1;1.234\n")
    _, detection = looked_at(path)
    asked = {p.column.name: p.question for p in propose(detection, Kind.ORDERS) if p.question}
    assert set(asked) == {"Datum", "Preis"}
    mapping = proposed(detection, Kind.ORDERS)
    _, rows = checked(path, Kind.ORDERS, mapping)
    assert "can mean 3 Apr 2026 or 4 Mar 2026" in rows[0].reason()
    assert "can mean 1234 or 1.234" in rows[0].reason()
    answered = mapping.with_source(FieldSource("ordered_on", "Datum", date_order="month-day-year")).with_source(
        FieldSource("unit_price", "Preis", decimal_sign=",")
    )
    check, rows = checked(path, Kind.ORDERS, answered)
    assert [(str(r["ordered_on"]), str(r["unit_price"])) for r in records(check, rows)] == [("2026-03-04", "1234")]


def test_a_saved_mapping_reads_back_and_columns_are_found_whatever_their_case(tmp_path):
    mapping = Mapping(
        Kind.PRODUCTS,
        (
            FieldSource("sku", "sku", upper=True),
            FieldSource("name", "NAME", when_empty="(none)"),
            FieldSource("list_price", "Price", decimals=2, values={"free": "0"}),
            FieldSource("kind", constant="goods"),
        ),
    )
    assert Mapping.from_data(Kind.PRODUCTS, mapping.to_data()) == mapping
    path = text_file(tmp_path, "SKU,Name,PRICE\na-1,,free\n")
    check, rows = checked(path, Kind.PRODUCTS, mapping)
    assert [tuple(map(str, record.values())) for record in records(check, rows)] == [("A-1", "(none)", "goods", "0.00")]


def test_a_mapping_that_does_not_fit_the_file_is_refused_in_words(tmp_path):
    _, detection = looked_at(text_file(tmp_path, "code,name\nA,x\n"))
    with pytest.raises(Invalid, match=r"no column “SKU” for SKU\. Its columns are: code, name"):
        complete(Mapping(Kind.PRODUCTS, (FieldSource("sku", "SKU"), FieldSource("name", "name"))), detection)
    with pytest.raises(Invalid, match="No column is chosen for Name"):
        complete(Mapping(Kind.PRODUCTS, (FieldSource("sku", "code"),)), detection)
    for saved in ({"colour": "x"}, {"sku": {"column": "a", "size": 1}}, {"sku": {"decimals": "two"}}, {"sku": 5}):
        with pytest.raises(Invalid):
            Mapping.from_data(Kind.PRODUCTS, saved)


def test_a_workbook_with_text_and_numbers_in_one_column(tmp_path):
    path = book(tmp_path, [["SKU", "Name", "Price"], ["A", "x", 18.4], [12, "y", "1.234,50"], ["C", "z", "n/a"]])
    check, rows = checked(path, Kind.PRODUCTS)
    assert [(r["sku"], str(r["list_price"])) for r in records(check, rows)] == [("A", "18.4"), ("12", "1234.50")]
    assert "“n/a” is no number" in rows[2].reason()
