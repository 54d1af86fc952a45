"""Factur-X: the paper with its e-invoice inside, as PDF/A-3 wants it (ISO 19005-3)."""

from __future__ import annotations

import re
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from pikepdf import Name, Pdf
from pypdf import PdfReader

from app.services import einvoices
from app.services.einvoices import Form
from tests.databases import opened
from tests.services.einvoices.office import Biller, fee


@pytest.fixture(scope="module")
def desk(sqlite_databases):
    with opened(sqlite_databases) as database:
        yield Biller(database).found()


@pytest.fixture(scope="module")
def pair(desk):
    """The XML of an invoice and the PDF that holds it."""
    invoice_id = desk.bill(fee("100"), fee("10", "V9"))
    made = desk.make(invoice_id, Form.FACTUR_X)
    assert made.passed
    assert made.file_name == "INV-00001.pdf"
    return made.document, lambda: desk.read(lambda c: einvoices.file_of(c, invoice_id, Form.FACTUR_X, made.document))


def test_the_invoice_is_attached_to_the_whole_document(pair):
    document, file = pair
    with Pdf.open(BytesIO(file())) as pdf:
        (attached,) = pdf.Root.AF
        assert attached.AFRelationship == Name.Alternative
        assert (str(attached.F), str(attached.UF)) == ("factur-x.xml", "factur-x.xml")
        assert attached.EF.F.Subtype == Name("/text/xml")
        assert attached.EF.F.read_bytes() == document
        assert pdf.attachments["factur-x.xml"].obj.objgen == attached.objgen, "found by name as well"
    assert PdfReader(BytesIO(file())).attachments["factur-x.xml"] == [document], "other readers find it"


def test_the_colours_are_said_and_every_font_is_inside(pair):
    with Pdf.open(BytesIO(pair[1]())) as pdf:
        (intent,) = pdf.Root.OutputIntents
        profile = intent.DestOutputProfile.read_bytes()
        assert (intent.S, intent.DestOutputProfile.N) == (Name.GTS_PDFA1, 3)
        assert (profile[16:20], profile[36:40], profile[12:16]) == (b"RGB ", b"acsp", b"mntr")
        fonts = [one for page in pdf.pages for one in page.Resources.Font.values()]
        assert fonts
        assert all("/FontFile2" in one.DescendantFonts[0].FontDescriptor for one in fonts)
        assert not any(Name.Trans in page.obj for page in pdf.pages)
        assert "/Encrypt" not in pdf.trailer


def test_the_metadata_name_both_standards_and_agree_with_the_document(pair):
    with Pdf.open(BytesIO(pair[1]())) as pdf:
        text = pdf.Root.Metadata.read_bytes().decode()
        assert "/Filter" not in pdf.Root.Metadata, "readers that know no PDF find it"
        title, author = str(pdf.docinfo.Title), str(pdf.docinfo.Author)
    top = ET.fromstring(re.sub(r"<\?xpacket.*?\?>", "", text).strip("\ufeff \n"))  # noqa: S314  # our own
    said = {element.tag.rpartition("}")[2]: (element.text or "").strip() for element in top.iter()}
    said |= {name.rpartition("}")[2]: value for element in top.iter() for name, value in element.attrib.items()}
    assert (said["part"], said["conformance"].upper()) == ("3", "B")
    assert (said["DocumentFileName"], said["DocumentType"]) == ("factur-x.xml", "INVOICE")
    assert (said["ConformanceLevel"], said["Version"]) == ("EN 16931", "1.0")
    assert title in text
    assert author in text
    assert text.count("pdfaProperty:name>") == 8, "the properties that are not PDF/A's own are described"


def test_the_same_invoice_gives_the_same_bytes_and_stays_readable(pair):
    _, file = pair
    assert file() == file()
    assert "131.00" in "".join(page.extract_text() for page in PdfReader(BytesIO(file())).pages)
