"""Every table says what kind of data it holds; merging branches and guarding rows depend on it."""

from __future__ import annotations

import importlib
import pkgutil

import app.models
from app.models.base import metadata

DATA_CLASSES = {"ledger", "document", "number", "master", "hub_only", "local"}


def undeclared(tables) -> list[str]:
    return [table.name for table in tables if table.info.get("data_class") not in DATA_CLASSES]


def test_every_table_declares_its_data_class():
    for module in pkgutil.iter_modules(app.models.__path__, "app.models."):
        importlib.import_module(module.name)
    assert len(metadata.tables) > 20, "the models were not found"
    assert undeclared(metadata.tables.values()) == []


def test_a_table_without_a_data_class_is_noticed():
    from sqlalchemy import MetaData, Table

    apart = MetaData()
    tables = [
        Table("a", apart),
        Table("b", apart, info={"data_class": "misc"}),
        Table("c", apart, info={"data_class": "local"}),
    ]
    assert undeclared(tables) == ["a", "b"]
