"""The names of the payment terms, for panels that show a document's code of them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject
from sqlalchemy import Connection

from app.services import companies
from app.views.context import Context


class TermNames(QObject):
    """Reads the names once and again whenever terms change; a code without a name stands for itself."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.names: dict[str, str] = {}
        self._read()
        context.tasks.changed.connect(self._changed)

    def of(self, code: str) -> str:
        """The name of the terms with a code."""
        return self.names.get(code, code)

    def _read(self) -> None:
        self._context.tasks.read(self, _names, self._take)

    def _take(self, names: dict[str, str]) -> None:
        self.names = names

    def _changed(self, changes: Any) -> None:
        if changes.touch("payment_term"):
            self._read()


def _names(connection: Connection) -> dict[str, str]:
    return {code: name for code, (name, _, _) in companies.terms(connection).items()}
