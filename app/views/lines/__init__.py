"""The lines of a quote or order while they are typed."""

from app.views.lines.editor import LineEditor

__all__ = ["LineEditor"]
