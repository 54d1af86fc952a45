"""Runs cases by the adapter of their kind and says how each ended."""

from __future__ import annotations

import importlib
import pkgutil
import traceback
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

import tests.scenarios as package
from app.errors import UserError
from tests.scenarios.cases import Case
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered

Adapter = Callable[[Case, Checks], None]
_ADAPTERS: dict[str, Adapter] = {}
_PARTS: dict[str, frozenset[str]] = {}


def adapter(*kinds: str, parts: Collection[str] = ()) -> Callable[[Adapter], Adapter]:
    """Mark the function that runs the cases of these kinds.

    ``parts`` are those parts of a case beyond the usual forms that it reads itself from the case's body.
    """

    def register(function: Adapter) -> Adapter:
        for kind in kinds:
            if kind in _ADAPTERS:
                raise ValueError(f"there are two adapters for {kind}")
            _ADAPTERS[kind] = function
            _PARTS[kind] = frozenset(parts)
        return function

    return register


def adapters() -> dict[str, Adapter]:
    """All adapters: those of every module in this package."""
    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.startswith(("_", "test_")):
            importlib.import_module(f"{package.__name__}.{module.name}")
    return _ADAPTERS


class Result(StrEnum):
    """How a case ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_COVERED = "not covered"


@dataclass(frozen=True)
class Outcome:
    """A case and how it ended; ``detail`` says what differs or what is not known."""

    id: str
    kind: str
    title: str
    result: Result
    detail: str


def run(case: Case) -> Outcome:
    """Run one case; whatever happens becomes its outcome."""
    checks = Checks()
    gaps = ""
    try:
        found = adapters().get(case.kind)
        if found is None:
            raise NotCovered(f"no adapter for the kind {case.kind}")
        case.check_form(_PARTS[case.kind])
        found(case, checks)
    except NotCovered as error:
        gaps = str(error)
    except UserError as error:
        checks.differences.append(_said(checks, f"refused: {error}"))
    except Exception:  # noqa: BLE001  # a crash of the program is a failed case, not the end of the run
        checks.differences.append(_said(checks, traceback.format_exc(limit=-2).strip().replace("\n", " | ")))
    if checks.differences:
        return Outcome(case.id, case.kind, case.title, Result.FAILED, "; ".join(checks.differences))
    if not gaps and not checks.count:
        gaps = "nothing was compared"
    if gaps:
        return Outcome(case.id, case.kind, case.title, Result.NOT_COVERED, gaps)
    return Outcome(case.id, case.kind, case.title, Result.PASSED, "")


def _said(checks: Checks, text: str) -> str:
    return f"{checks.label}: {text}" if checks.label else text


def finish(*sources: Facts) -> None:
    """End a round: raise NotCovered if a name of these facts was never looked at."""
    unread = [place for source in sources for place in source.unread()]
    if unread:
        raise NotCovered(f"names not known here: {', '.join(unread)}")
