"""Electronic invoices (EN 16931): made from what was posted, checked before they leave, kept as they were made."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.errors import NotAllowed
from app.models.base import new_id
from app.models.einvoice import Form, einvoice
from app.services import billing, papers
from app.services.einvoices import cii, demands, hybrid, posted, rule_words, schematron, ubl
from app.services.einvoices.content import Content, Finding, passes
from app.services.einvoices.posted import find, form_of
from app.services.papers import Wanted
from app.services.transaction import Transaction

__all__ = [
    "Finding",
    "Form",
    "Made",
    "Sent",
    "check",
    "file_of",
    "find",
    "form_of",
    "last",
    "make",
    "passes",
    "send",
    "write",
]

CII_FORMS: Final = frozenset({Form.XRECHNUNG_CII, Form.FACTUR_X})
OWN_CHECKS: Final = ""
"""Said as the rule sets of what only our own checks have seen, because the extra is not installed."""


@dataclass(frozen=True, slots=True)
class Made:
    """An electronic invoice with what checking it found; no ``document`` where it could not be written.

    ``checked_with`` names the rule sets that were asked besides our own checks.
    """

    form: Form
    file_name: str
    document: bytes
    findings: tuple[Finding, ...]
    checked_with: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether it may be sent."""
        return bool(self.document) and passes(self.findings)


@dataclass(frozen=True, slots=True)
class Sent:
    """An electronic invoice as it was made last."""

    form: Form
    file_name: str
    document: bytes
    passed: bool
    checked_with: tuple[str, ...]
    findings: tuple[Finding, ...]
    by: str
    at: datetime


def make(connection: Connection, invoice_id: UUID, form: Form | None = None, *, rules: Path | None = None) -> Made:
    """Make the electronic invoice of a posted invoice and check it; nothing is kept.

    Without ``form`` it is the customer's.  ``rules`` is another folder of rule sets than the usual one.

    Raises:
        NotFound: the invoice does not exist.
        NotAllowed: it is not posted, or its customer gets no electronic invoices.

    """
    form = form_of(connection, invoice_id) if form is None else form
    if form == Form.NONE:
        raise NotAllowed("This customer gets no e-invoices. Choose a form on the customer's page, or name one.")
    head = billing.get(connection, invoice_id)
    name = f"{head.number}.{'pdf' if form == Form.FACTUR_X else 'xml'}"
    content, found = posted.read(connection, invoice_id, form)
    if content is None:
        return Made(form, name, b"", tuple(found), ())
    document = write(content)
    found = demands.findings(content)
    if not passes(found):
        return Made(form, name, document, tuple(found), ())
    official, asked = check(document, form, rules=rules)
    return Made(form, name, document, (*found, *official), asked)


def write(content: Content) -> bytes:
    """Write what an electronic invoice says in the syntax of its form."""
    return cii.write(content) if content.form in CII_FORMS else ubl.write(content)


def check(document: bytes, form: Form, *, rules: Path | None = None) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Check a document against the XML schema and the official rules; give what was found and who was asked."""
    syntax = schematron.syntax_of(document)
    of_schema = schematron.check_schema(document)
    asked = [] if of_schema is None else [f"XML schema of {syntax}"]
    if of_schema:
        return tuple(of_schema), tuple(asked)
    sets = schematron.rule_sets(syntax, form, rules)
    found = schematron.check(document, sets) if sets else []
    return tuple(rule_words.in_words(found)), (*asked, *(one.name for one in sets))


def send(tx: Transaction, invoice_id: UUID, made: Made) -> UUID:
    """Keep an electronic invoice that is handed out; return the record's id.

    Raises:
        NotAllowed: it could not be written, or a rule is broken.

    """
    if not made.passed:
        first = next((one.text for one in made.findings if one.fatal), "It could not be written.")
        raise NotAllowed(f"This e-invoice would be refused: {first} Nothing was sent.")
    head = billing.get(tx.connection, invoice_id)
    einvoice_id = new_id()
    tx.insert(
        einvoice,
        {
            "id": einvoice_id,
            "command_id": tx.key,
            "invoice_id": invoice_id,
            "form": str(made.form),
            "file_name": made.file_name,
            "content": zlib.compress(made.document, 9),
            "digest": hashlib.sha256(made.document).hexdigest(),
            "passed": made.passed,
            "checked_with": "\n".join(made.checked_with),
            "findings": json.dumps([asdict(one) for one in made.findings], ensure_ascii=False),
            "by": tx.by,
            "at": tx.at,
        },
    )
    tx.record("einvoice.made", invoice_id, number=head.number, form=str(made.form), file=made.file_name)
    return einvoice_id


def last(connection: Connection, invoice_id: UUID) -> Sent | None:
    """Read the electronic invoice that was made last of an invoice."""
    row: Any = connection.execute(
        select(einvoice).where(einvoice.c.invoice_id == invoice_id).order_by(einvoice.c.id.desc()).limit(1)
    ).one_or_none()
    if row is None:
        return None
    return Sent(
        form=Form(row.form),
        file_name=row.file_name,
        document=zlib.decompress(row.content),
        passed=row.passed,
        checked_with=tuple(row.checked_with.splitlines()),
        findings=tuple(Finding(**one) for one in json.loads(row.findings)),
        by=row.by,
        at=row.at,
    )


def file_of(connection: Connection, invoice_id: UUID, form: Form, document: bytes) -> bytes:
    """Give the file that is handed over: the document itself, or for Factur-X the paper with the document in it.

    Raises:
        NotFound: the invoice does not exist.

    """
    if form != Form.FACTUR_X:
        return document
    head = billing.get(connection, invoice_id)
    paper = papers.build(connection, (Wanted(head.kind, invoice_id),))
    return hybrid.join(paper.pdf, document, made_at=head.posted_at)
