"""What a benchmark found, on screen and in ``bench/results.md``."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("results.md")
INTRODUCTION: Final = """\
# Results of the benchmarks

Written by `python -m bench NAME --keep`.  Milliseconds are of the machine that is named; the ratios are what counts.
"""


@dataclass(slots=True)
class Report:
    """A table of figures, and the limits they are held against."""

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    limits: list[tuple[str, bool]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def limit(self, words: str, found: float, most: float) -> None:
        """Hold a figure against its limit."""
        self.limits.append((f"{words}: {found:.2f}, limit {most:g}", found <= most))

    @property
    def is_within_limits(self) -> bool:
        """Whether no limit was passed."""
        return all(kept for _, kept in self.limits)

    def lines(self) -> list[str]:
        """Write the report as Markdown that also reads well on a terminal."""
        widths = [max(len(row[n]) for row in [self.columns, *self.rows]) for n in range(len(self.columns))]
        table = [self.columns, tuple("-" * width for width in widths), *self.rows]
        found = ["| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |" for row in table]
        found += ["", *(f"- {'within' if kept else '**ABOVE**'}: {words}" for words, kept in self.limits)]
        return found + [f"- {note}" for note in self.notes]


def machine() -> str:
    """Describe the machine and the programs that were measured."""
    system = f"{platform.system()} {platform.machine()}"
    programs = f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    return f"{_processor()}, {os.cpu_count()} cores, {system}, {programs}"


def keep(name: str, title: str, report: Report) -> None:
    """Put the report into the results file, in place of the last one of the same benchmark."""
    sections = _sections(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    sections[name] = "\n".join([title, "", f"On: {machine()}.", "", *report.lines(), ""])
    parts = [INTRODUCTION, *(f"## {key}\n\n{text}" for key, text in sorted(sections.items()))]
    FILE.write_text("\n".join(parts), encoding="utf-8", newline="\n")


def _sections(text: str) -> dict[str, str]:
    found = {}
    for part in text.split("\n## ")[1:]:
        name, _, body = part.partition("\n")
        found[name.strip()] = body.strip() + "\n"
    return found


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"
