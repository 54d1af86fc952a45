"""Profiles: how the files of one other program are imported, saved as data by a person and used again.

A profile is a JSON file with one or more steps.  A step names a file of the folder, what its rows are,
how its columns are mapped, and the rules for its oddities.  Waybill comes with some; they are made of
nothing that a person could not save themselves.
"""

from __future__ import annotations

import json
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from dataclasses import fields as dataclass_fields
from pathlib import Path
from typing import Any, Final

from app.errors import Invalid, Unavailable
from app.services.imports.detection import NOTHING_CHOSEN, Choices
from app.services.imports.fields import Kind
from app.services.imports.mapping import Mapping
from app.services.imports.rules import Rule

FORMAT: Final = "waybill import profile 1"
SHIPPED: Final = Path(__file__).parents[3] / "resources" / "import_profiles"
_SIZE_MAX: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a step: its name in the folder, how it is read, and the mapping and rules for its rows."""

    file: str
    mapping: Mapping
    rules: tuple[Rule, ...] = ()
    choices: Choices = NOTHING_CHOSEN

    def to_data(self) -> dict[str, Any]:
        """Give the part as it is saved."""
        data: dict[str, Any] = {"file": self.file, "fields": self.mapping.to_data()}
        if self.rules:
            data["rules"] = [rule.to_data() for rule in self.rules]
        read = {item.name: getattr(self.choices, item.name) for item in dataclass_fields(Choices)}
        if any(value is not None for value in read.values()):
            data["read"] = {name: value for name, value in read.items() if value is not None}
        return data


@dataclass(frozen=True, slots=True)
class Step:
    """One import: what the rows are, the file, for orders perhaps a second one with the lines, and options.

    The one option is ``repeated``, see app.services.imports.repeats.
    """

    kind: Kind
    part: Part
    lines: Part | None = None
    options: Table[str, str] = field(default_factory=dict)

    def to_data(self) -> dict[str, Any]:
        """Give the step as it is saved."""
        data: dict[str, Any] = {"import": _saved_kind(self.kind), **self.part.to_data()}
        if self.lines:
            data["lines"] = self.lines.to_data()
        if self.options:
            data["options"] = dict(self.options)
        return data


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of steps.  ``source`` is the other program's name, kept with each imported record."""

    name: str
    title: str
    source: str
    steps: tuple[Step, ...]

    def to_text(self) -> str:
        """Give the profile as the text of its file."""
        data = {
            "format": FORMAT,
            "title": self.title,
            "source": self.source,
            "steps": [step.to_data() for step in self.steps],
        }
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def save(profile: Profile, path: Path) -> None:
    """Write the profile to a file.

    Raises:
        Unavailable: the file cannot be written.

    """
    try:
        path.write_text(profile.to_text(), encoding="utf-8")
    except OSError as error:
        raise Unavailable(f"The profile {path.name} cannot be written. Choose another folder.") from error


def load(path: Path) -> Profile:
    """Read a profile from a file; its name is the file's.

    Raises:
        Invalid: it does not exist or something in it is not understood.

    """
    try:
        with path.open(encoding="utf-8-sig") as stream:
            text = stream.read(_SIZE_MAX)
        return from_data(path.stem, json.loads(text))
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("profile", f"The profile {path.name} cannot be read. Nothing was imported.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}"
        raise Invalid("profile", f"The profile {path.name} is damaged at {where}. Nothing was imported.") from error


def shipped() -> tuple[str, ...]:
    """Names of the profiles that come with the program."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.json")))


def find(name: str) -> Profile:
    """Find a profile that comes with the program by its name, or one of a person by the path of its file.

    Raises:
        Invalid: there is none, or something in it is not understood.

    """
    if name in shipped():
        return load(SHIPPED / f"{name}.json")
    path = Path(name)
    if path.suffix == ".json":
        return load(path)
    known = ", ".join(shipped())
    raise Invalid("profile", f"There is no profile “{name}”. There are: {known}; or give the path of a .json file.")


def from_data(name: str, data: Any) -> Profile:
    """Make a profile from the content of its file.

    Raises:
        Invalid: something in it is not understood.

    """
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise Invalid("profile", f"{name} is not an import profile of this version. Nothing was imported.")
    try:
        steps = tuple(_step(step) for step in data["steps"])
        return Profile(name, str(data["title"]), str(data["source"]), steps)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid("profile", f"Something in the profile {name} is not understood: {error}.") from error


def _step(data: Table[str, Any]) -> Step:
    lines = data.get("lines")
    kind = Kind(data["import"])
    if lines is not None:
        if kind is not Kind.ORDERS:
            raise Invalid("profile", f"Only orders have a second file with lines, not {kind.value}.")
        kind = Kind.ORDER_HEADERS
    options = {str(key): str(value) for key, value in data.get("options", {}).items()}
    return Step(kind, _part(data, kind), _part(lines, Kind.ORDER_LINES) if lines is not None else None, options)


def _part(data: Table[str, Any], kind: Kind) -> Part:
    read = data.get("read", {})
    known = {item.name for item in dataclass_fields(Choices)}
    if set(read) - known:
        raise Invalid("profile", f"“read” may say: {', '.join(sorted(known))}.")
    return Part(
        str(data["file"]),
        Mapping.from_data(kind, data["fields"]),
        tuple(Rule.from_data(rule) for rule in data.get("rules", ())),
        Choices(**read),
    )


def _saved_kind(kind: Kind) -> str:
    return Kind.ORDERS.value if kind is Kind.ORDER_HEADERS else kind.value
