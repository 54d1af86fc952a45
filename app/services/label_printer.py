"""Sending a label to a network printer: raw bytes to a port, 9100 on nearly all of them, with an end to every wait."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from typing import Final

from app.errors import Invalid, UserError

PORT: Final = 9100
SCHEME: Final = "tcp://"
_ADDRESS: Final = re.compile(r"tcp://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?/?")
_CHUNK: Final = 16_384


class PrinterTrouble(UserError):
    """The printer did not take all of it; ``sent`` bytes may have reached it, with 0 nothing was printed."""

    def __init__(self, text: str, sent: int) -> None:
        super().__init__(text)
        self.sent = sent


@dataclass(frozen=True, slots=True)
class PrinterAddress:
    """Where a label printer listens."""

    host: str
    port: int = PORT


def address(text: str) -> PrinterAddress:
    """Read ``tcp://HOST`` or ``tcp://HOST:PORT``.

    Raises:
        Invalid: it is no such address.

    """
    found = _ADDRESS.fullmatch(text.strip())
    port = int(found.group(2) or PORT) if found else 0
    if found is None or not 0 < port < 65_536:
        raise Invalid("printer", f"“{text}” is no address of a label printer. Write it as tcp://HOST:9100.")
    return PrinterAddress(found.group(1).strip("[]"), port)


def is_address(text: str) -> bool:
    """Tell a network address from the name of one of the system's printers."""
    return text.strip().startswith(SCHEME)


def send(where: PrinterAddress, data: bytes, *, seconds: int = 10) -> None:
    """Send ``data`` as it is; each step (reaching the printer, each part it takes) may last ``seconds``.

    Raises:
        PrinterTrouble: the printer cannot be reached, or stopped taking data (no paper, no ribbon, open).

    """
    sent = 0
    try:
        with socket.create_connection((where.host, where.port), timeout=seconds) as printer:
            while sent < len(data):
                sent += printer.send(data[sent : sent + _CHUNK])
            printer.shutdown(socket.SHUT_WR)
            while printer.recv(_CHUNK):  # it closes when it has everything; some report their state first
                continue
    except TimeoutError as error:
        if sent == len(data):
            return  # it has everything and keeps the line open, as many do
        words = "stopped taking the label" if sent else "does not answer"
        raise PrinterTrouble(f"The label printer {where.host} {words}. Look at its lamps and paper.", sent) from error
    except OSError as error:
        if sent == len(data):
            return  # it hung up without a farewell
        words = "hung up" if sent else "cannot be reached"
        raise PrinterTrouble(f"The label printer {where.host} {words} ({error.strerror or error}).", sent) from error
