"""A case of a scenario file, and the forms in which its facts and expectations come."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.scenarios.facts import Facts, NotCovered

REMARKS = ("title", "decision", "quirk", "peer_result", "property", "confidence", "note")
"""What a case says to people: where systems differ, what another one gives, how sure the figure is."""

_FORMS = ("given", "expect", "variants", "cases", "queries", "steps")


class _Figures(yaml.SafeLoader):
    """Reads figures and dates as the texts they are written as, and only true and false as flags."""


_Figures.yaml_implicit_resolvers = {
    first: [
        (tag, pattern) for tag, pattern in resolvers if tag in {"tag:yaml.org,2002:null", "tag:yaml.org,2002:merge"}
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_WORDS = {"true": True, "false": False}


def _plain(node: Any) -> Any:
    """Turn the words true and false, and plain whole numbers, into what they are; leave every other text."""
    if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:str" and node.style is None:
        if node.value in _WORDS:
            return _WORDS[node.value]
        if node.value.isascii() and node.value.lstrip("-").isdigit():
            return int(node.value)
    return None


def _construct(loader: _Figures, node: yaml.ScalarNode) -> Any:
    found = _plain(node)
    return loader.construct_scalar(node) if found is None else found


_Figures.add_constructor("tag:yaml.org,2002:str", _construct)


@dataclass(frozen=True)
class Case:
    """One business case as it stands in a file."""

    id: str
    kind: str
    title: str
    body: dict[str, Any]
    file: Path

    def check_form(self, parts: Collection[str] = ()) -> None:
        """Refuse a case that has a part nobody here knows; ``parts`` are those that only its kind has."""
        unknown = set(self.body) - {"id", "kind", *REMARKS, *_FORMS, *parts}
        if unknown:
            raise NotCovered(f"unknown parts: {', '.join(sorted(unknown))}")

    def rounds(self) -> Iterator[Round]:
        """The case's facts with everything that is asked of them, one after the other.

        First the facts as given, then each variant, case and query: the facts with some of them changed.
        Steps build on each other, so they stay together with the facts they start from.
        """
        given = self.body.get("given") or {}
        if "expect" in self.body or "steps" in self.body:
            yield Round("", dict(given), self.body.get("expect"), self.body.get("steps") or [])
        for form in ("variants", "cases", "queries"):
            for index, change in enumerate(self.body.get(form) or [], 1):
                if not isinstance(change, Mapping):
                    raise NotCovered(f"{form}[{index}] is not a mapping: {change!r}")
                parts = {"given", "expect", "steps", *REMARKS}
                facts = {name: value for name, value in change.items() if name not in parts}
                yield Round(
                    f"{form[:-1] if form != 'queries' else 'query'} {index}",
                    {**given, **(change.get("given") or {}), **facts},
                    change.get("expect"),
                    change.get("steps") or [],
                )


@dataclass(frozen=True)
class Round:
    """Facts, and what is expected of them as they are or step by step."""

    label: str
    given: dict[str, Any]
    expect: Any
    steps: list[dict[str, Any]]

    def expected(self) -> Facts:
        return Facts(self.expect if self.expect is not None else {}, "expect")


def load(paths: list[Path]) -> list[Case]:
    """Read the cases of files and folders, in the order of their names.

    Raises FileNotFoundError for a path that is not there and ValueError for a file that holds no list of cases.
    """
    cases: list[Case] = []
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(path)
        files = [path] if path.is_file() else sorted({*path.rglob("*.yaml"), *path.rglob("*.yml")})
        for file in files:
            cases += _read(file)
    return cases


def _read(file: Path) -> list[Case]:
    try:
        entries = yaml.load(file.read_text(encoding="utf-8"), _Figures)  # noqa: S506  # a SafeLoader with fewer types
    except yaml.YAMLError as error:
        raise ValueError(f"{file}: {error}") from error
    cases = []
    for entry in entries if isinstance(entries, list) else [None]:
        if not isinstance(entry, dict) or not {"id", "kind"} <= set(entry):
            raise ValueError(f"{file}: a case without id and kind: {entry!r}")
        cases.append(Case(str(entry["id"]), str(entry["kind"]), str(entry.get("title", "")), entry, file))
    return cases
