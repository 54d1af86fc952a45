"""The paper with the electronic invoice inside: Factur-X 1.0 / ZUGFeRD 2 on PDF/A-3b (ISO 19005-3).

Our papers keep PDF/A already but for three things, which are added here: the colours are said (output intent), the
metadata name the standard, and the file is attached as what belongs to the whole document.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape

from pikepdf import Array, AttachedFileSpec, Dictionary, Name, Pdf, String
from PIL import ImageCms

FILE_NAME: Final = "factur-x.xml"
FACTUR_X: Final = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
LEVEL: Final = "EN 16931"
PROPERTIES: Final = {
    "DocumentFileName": (FILE_NAME, "Name of the attached invoice"),
    "DocumentType": ("INVOICE", "What the attached file is"),
    "Version": ("1.0", "Version of the standard"),
    "ConformanceLevel": (LEVEL, "How much of the standard the attached invoice says"),
}
"""What the metadata say of the attached invoice (Factur-X 1.0, chapter 6.3): value and description."""
_PDFA: Final = "http://www.aiim.org/pdfa/ns/"


def join(paper: bytes, document: bytes, *, made_at: datetime) -> bytes:
    """Put an electronic invoice into its paper; the same both give the same bytes."""
    moment = made_at.astimezone(UTC).replace(microsecond=0)
    with Pdf.open(BytesIO(paper)) as pdf:
        for page in pdf.pages:
            if Name.Trans in page.obj:
                del page.obj[Name.Trans]  # ReportLab writes an empty transition, which PDF/A does not know
        _attach(pdf, document, moment)
        _say_colours(pdf)
        _describe(pdf, moment)
        out = BytesIO()
        pdf.save(out, deterministic_id=True, min_version="1.7")
        return out.getvalue()


def _attach(pdf: Pdf, document: bytes, moment: datetime) -> None:
    stamp = f"D:{moment:%Y%m%d%H%M%S}Z"
    attached = AttachedFileSpec(
        pdf,
        document,
        description="Factur-X invoice",
        filename=FILE_NAME,
        mime_type="text/xml",
        creation_date=stamp,
        mod_date=stamp,
    )
    attached.relationship = Name.Alternative
    pdf.attachments[FILE_NAME] = attached
    pdf.Root.AF = Array([pdf.attachments[FILE_NAME].obj])
    pdf.Root.PageMode = Name.UseAttachments


def _say_colours(pdf: Pdf) -> None:
    profile = pdf.make_stream(_srgb(), N=3, Alternate=Name.DeviceRGB)
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB"),
        Info=String("sRGB IEC61966-2.1"),
        DestOutputProfile=profile,
    )
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])


@cache
def _srgb() -> bytes:
    """Give an sRGB profile without the moment it was made at (bytes 24 to 35 of an ICC profile), nor a digest of it."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[24:36] = bytes((7, 234, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))  # 1 January 2026
    made[84:100] = bytes(16)
    return bytes(made)


def _describe(pdf: Pdf, moment: datetime) -> None:
    title = str(pdf.docinfo.get(Name.Title, ""))
    author = str(pdf.docinfo.get(Name.Author, ""))
    producer = str(pdf.docinfo.get(Name.Producer, ""))
    stamp = String(f"D:{moment:%Y%m%d%H%M%S}Z")
    pdf.docinfo[Name.CreationDate] = pdf.docinfo[Name.ModDate] = stamp
    written = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    packet = _packet(title, author, producer, written)
    stream = pdf.make_stream(packet.encode(), Type=Name.Metadata, Subtype=Name.XML)
    pdf.Root.Metadata = stream


def _packet(title: str, author: str, producer: str, written: str) -> str:
    said = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, (value, _) in PROPERTIES.items())
    described = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        f"<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{words}</pdfaProperty:description></rdf:li>"
        for name, (_, words) in PROPERTIES.items()
    )
    title, author, producer = escape(title), escape(author), escape(producer)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        ' xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
        "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>'
        f"<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>"
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:description>'
        f"<pdf:Producer>{producer}</pdf:Producer><xmp:CreatorTool>{producer}</xmp:CreatorTool>"
        f"<xmp:CreateDate>{written}</xmp:CreateDate><xmp:ModifyDate>{written}</xmp:ModifyDate>"
        "</rdf:Description>"
        f'<rdf:Description rdf:about="" xmlns:fx="{FACTUR_X}">{said}</rdf:Description>'
        f'<rdf:Description rdf:about="" xmlns:pdfaExtension="{_PDFA}extension/"'
        f' xmlns:pdfaSchema="{_PDFA}schema#" xmlns:pdfaProperty="{_PDFA}property#">'
        '<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Factur-X invoice</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{FACTUR_X}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{described}</rdf:Seq></pdfaSchema:property>"
        "</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )
