"""The words of papers in the languages we write them in: one file per language in ``resources/paper_words``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

WORDS: Final = Path(__file__).parents[3] / "resources" / "paper_words"
LANGUAGES: Final = ("en", "de", "fr", "es", "it", "nl")


class Wording:
    """The words of one language, by key; an unknown key is a bug and a KeyError."""

    def __init__(self, language: str) -> None:
        self._words = _read(language)

    def __getitem__(self, key: str) -> str:
        return self._words[key]

    def filled(self, key: str, **values: str) -> str:
        """Give a sentence with its places, ``{name}``, filled; the values may hold anything and are not read again."""
        first, *parts = self[key].split("{")
        filled = [first]
        for part in parts:
            name, rest = part.split("}", 1)
            filled.append(f"{values[name]}{rest}")
        return "".join(filled)


@cache
def _read(language: str) -> Mapping[str, str]:
    return tomllib.loads((WORDS / f"{language}.toml").read_text(encoding="utf-8"))
