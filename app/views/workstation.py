"""What this desk is called: its print queue and its printers belong to it, whoever sits there."""

from __future__ import annotations

import platform
from typing import Final

from PySide6.QtCore import QSettings

KEY: Final = "workstation"


def name(settings: QSettings) -> str:
    """Give this workstation's name: the one chosen here, else the computer's."""
    chosen = str(settings.value(KEY, "") or "").strip()
    return (chosen or platform.node() or "This computer")[:80]
