"""Tax rules in words: what each looks at, and why one did not apply."""

from __future__ import annotations

from typing import Final

from app.models.tax_mapping import NOT_EU, OTHER_EU, Registered, Status
from app.services.companies import TaxRule
from app.services.place_taxes import Considered, StoredRule
from app.views import format as written
from app.views.format import tr

STATUSES: Final = {
    Status.ANY: "anybody",
    Status.BUSINESS: "a business (with a VAT number)",
    Status.OTHER_EU_BUSINESS: "a business of another EU country",
    Status.CONSUMER: "a consumer (without a VAT number)",
    Status.EXEMPT: "an exempt customer",
}
REGISTERED: Final = {
    Registered.ANY: "whether or not we are registered there",
    Registered.YES: "where we are registered",
    Registered.NO: "where we are not registered",
}
_GROUPS: Final = {"": "anywhere", OTHER_EU: "another EU country", NOT_EU: "outside the EU"}


def place(rule: StoredRule) -> str:
    """Where the goods go: ``another EU country``, ``US CA``."""
    if rule.destination in _GROUPS:
        return tr(_GROUPS[rule.destination])
    return f"{rule.destination} {rule.region}".strip()


def conditions(rule: StoredRule) -> str:
    """What else a rule looks at: ``a business · goods · instead of V21``."""
    said = [tr(STATUSES[Status(rule.status)])] if rule.status else []
    said += [rule.product_class] if rule.product_class else []
    said += [tr("instead of {}").format(rule.replaces)] if rule.replaces else []
    said += [tr(REGISTERED[Registered(rule.registered)])] if rule.registered else []
    return " · ".join(said) or tr("every sale there")


def days(rule: StoredRule) -> str:
    """From when to when it holds: ``from 1 Jan 2026``, empty for always."""
    first = tr("from {}").format(written.full_day(rule.starts_on)) if rule.starts_on else ""
    last = tr("until {}").format(written.full_day(rule.ends_on)) if rule.ends_on else ""
    return f"{first} {last}".strip()


def tax(found: TaxRule) -> str:
    """Name a tax with its rate and reason: ``IC Intra-community supply, 0 %``."""
    said = f"{found.code}  {found.name}"
    rate = f"{written.quantity(found.rate)} %"
    if found.kind == "percent" and rate not in found.name:
        said += f", {rate}"
    return f"{said} – {found.exempt_reason}" if found.exempt_reason else said


def verdict(one: Considered) -> str:
    """Say why a rule won, or why it did not."""
    rule = one.rule
    if one.won:
        return tr("It won: no rule that applies says more.")
    said = {
        "": tr("It applies, but the winner says more or comes before it."),
        "destination": tr("It is for goods that go to: {}.").format(place(rule)),
        "region": tr("It is for the region {}.").format(rule.region),
        "status": tr("It is for {}.").format(tr(STATUSES[Status(rule.status)])),
        "product_class": tr("It is for the product class {}.").format(rule.product_class),
        "registered": tr("It counts only {}.").format(tr(REGISTERED[Registered(rule.registered)])),
        "replaces": tr("It takes the place of {}, which the product has not.").format(rule.replaces),
        "starts_on": tr("It had not begun: {}.").format(days(rule)),
        "ends_on": tr("It had ended: {}.").format(days(rule)),
    }
    return said[one.mismatch]
