"""What was found out about a file: the value, the evidence for it, and what else a person may choose."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found.  Where ``sure`` is false, people should look at it before they import.

    ``what`` is one of encoding, delimiter, quote, sheet, header, number, date; ``evidence`` is a
    sentence without its full stop.
    """

    what: str
    value: str
    evidence: str
    sure: bool
    choices: tuple[str, ...] = ()
