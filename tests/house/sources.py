"""The project's own files, as the house rules read them."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MADE = {".venv", ".git", ".hypothesis", "__pycache__", "build", "dist", "tour"}
CACHES = "_cache"  # the ends of .pytest_cache, .mypy_cache and their like


@dataclass(frozen=True)
class Source:
    """One file: where it is, seen from the project's folder, and what it says."""

    where: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.text)


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


def is_made(part: str) -> bool:
    """Whether a part of a path is the name of a folder that a tool made."""
    return part in MADE or part.endswith(CACHES)


@cache
def tracked() -> tuple[str, ...]:
    """Every file of the project; without git, every file that is not made by a tool."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
            encoding="utf-8",
        ).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        listed = [path.as_posix() for path in found if not any(is_made(part) for part in path.parts)]
    return tuple(sorted(name for name in listed if name and (ROOT / name).is_file()))


@cache
def python_sources(*folders: str) -> tuple[Source, ...]:
    """The Python files below these folders (all of them when none is named)."""
    names = (name for name in tracked() if name.endswith(".py"))
    wanted = (name for name in names if not folders or name.startswith(tuple(f"{each}/" for each in folders)))
    return tuple(Source(name, (ROOT / name).read_text(encoding="utf-8")) for name in wanted)


@cache
def texts() -> tuple[Source, ...]:
    """Every file that is text."""
    found = []
    for name in tracked():
        raw = (ROOT / name).read_bytes()
        if b"\0" not in raw[:8000]:
            found.append(Source(name, raw.decode("utf-8")))
    return tuple(found)
