"""Our own business cases: they pass, and none of them would with another figure."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from tests.scenarios.cases import load
from tests.scenarios.running import Result, run

CASES = load([Path(__file__).parent / "own"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_case_passes(case):
    found = run(case)
    assert (found.result, found.detail) == (Result.PASSED, "")


def figures(expected, path=()):
    """The places of all figures below an expectation."""
    if isinstance(expected, dict | list):
        places = expected.items() if isinstance(expected, dict) else enumerate(expected)
        for name, value in places:
            yield from figures(value, (*path, name))
    elif path:
        yield path


def spoiled(case):
    """The case once for each figure it expects, with that figure wrong."""
    for form in ("expect", "steps", "cases", "variants"):
        for path in figures(case.body.get(form), (form,)):
            if "expect" in path and path[-1] != "expect":
                body = deepcopy(case.body)
                if form == "steps":
                    body["steps"] = body["steps"][: path[1] + 1]  # what comes later need not be played
                place = body
                for name in path[:-1]:
                    place = place[name]
                place[path[-1]] = place[path[-1]] + 1 if isinstance(place[path[-1]], int) else f"9{place[path[-1]]}"
                yield replace(case, body=body), path


def each_name_once():
    """The spoiled cases, one for each name that a kind of case expects: one place in the code compares it."""
    seen = set()
    for case in CASES:
        for wrong, path in spoiled(case):
            name = (case.kind, *(part for part in path if isinstance(part, str)))
            if name not in seen:
                seen.add(name)
                yield wrong, path


def test_every_expected_figure_is_compared():
    passed = [(wrong.id, path) for wrong, path in each_name_once() if run(wrong).result is Result.PASSED]
    assert passed == []
    assert sum(1 for _ in each_name_once()) > 85
