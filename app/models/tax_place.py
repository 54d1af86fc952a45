"""Rules for the taxes of a place, and where we are registered for tax, as they are stored."""

from __future__ import annotations

from sqlalchemy import Column, Date, Integer, String

from app.models.base import DataClass, key, table

tax_rule = table(
    "tax_rule",
    DataClass.HUB_ONLY,
    key(),
    Column("rank", Integer, nullable=False),  # among rules that say as much the lowest wins
    Column("name", String(80), nullable=False),
    Column("tax_codes", String(120), nullable=False),  # separated by spaces; empty: no tax
    Column("destination", String(8), nullable=False),  # ISO 3166, EU, NOT EU; empty: anywhere
    Column("region", String(40), nullable=False),
    Column("status", String(12), nullable=False),  # models.tax_mapping.Status
    Column("product_class", String(24), nullable=False),
    Column("replaces", String(16), nullable=False),  # the tax it takes the place of; empty: any, or none
    Column("registered", String(4), nullable=False),  # models.tax_mapping.Registered
    Column("starts_on", Date),
    Column("ends_on", Date),
)

tax_registration = table(
    "tax_registration",
    DataClass.HUB_ONLY,
    key(),
    Column("country", String(2), nullable=False),  # ISO 3166
    Column("region", String(40), nullable=False),  # empty: the whole country
    Column("number", String(32), nullable=False),
)
