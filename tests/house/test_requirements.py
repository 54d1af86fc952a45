"""What is installed is what is imported, pinned, hashed, and the same in every kind of environment."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions

import pytest

from tests.house.sources import ROOT, python_sources

KINDS = ("run", "carriers", "einvoice", "test", "check", "build")
PINNED = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)(?: ; ([^\\]+?))? \\$", re.MULTILINE)
OURS = {"app", "tests", "tools", "bench"}  # a distribution may bring a folder of such a name along: python-barcode does
NEEDED_BY_OTHERS = {"psycopg"}  # SQLAlchemy loads it by the name in a database's address
BESIDE = {"statsforecast"}  # bench/forecast_reference.py is run by an environment that the bench makes for it


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def named(kind: str) -> set[str]:
    """The distributions that a requirements list names itself, without those of the lists it includes."""
    lines = (ROOT / "requirements" / f"{kind}.in").read_text(encoding="utf-8").splitlines()
    return {normal(found[0]) for line in lines if (found := re.match(r"[A-Za-z0-9._-]+(?=[\[=<>;~]|$)", line))}


def pinned(kind: str) -> set[tuple[str, ...]]:
    text = (ROOT / "requirements" / f"{kind}.txt").read_text(encoding="utf-8")
    return {tuple(part.strip() for part in found) for found in PINNED.findall(text)}


@cache
def owned() -> Mapping[str, list[str]]:
    """The distributions that bring each module; to find them all takes seconds."""
    return packages_distributions()


@cache
def imported(*folders: str) -> frozenset[str]:
    """The distributions that bring the modules imported below these folders."""
    owners = owned()
    found: set[str] = set()
    for source in python_sources(*folders):
        for node in ast.walk(source.tree):
            modules = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module or ""]
            tops = {module.partition(".")[0] for module in modules} - set(sys.stdlib_module_names)
            # Qt's binding is one package that several distributions fill; the requirements name those that are needed
            found |= {
                normal(owner) for top in tops - {"PySide6", "shiboken6"} - OURS for owner in owners.get(top, [top])
            }
    return frozenset(found)


def test_the_program_imports_only_what_its_requirements_name():
    assert imported("app") - named("run") == set()


def test_the_requirements_name_only_what_the_program_imports():
    qt = {name for name in named("run") if name.startswith("pyside6")}
    assert named("run") - imported("app") - qt - NEEDED_BY_OTHERS == set()


def test_the_tests_import_only_what_their_requirements_name():
    assert imported("tests", "bench") - named("run") - named("test") - BESIDE == set()


@pytest.mark.parametrize("kind", KINDS)
def test_every_package_is_pinned_with_a_hash(kind):
    text = (ROOT / "requirements" / f"{kind}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert {name for name, *_ in pinned(kind)} >= named(kind)
    assert len(PINNED.findall(text)) == len(entries)
    assert all("--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize(
    ("larger", "smaller"),
    [
        ("carriers", "run"),
        ("einvoice", "run"),
        ("test", "carriers"),
        ("test", "einvoice"),
        ("check", "test"),
        ("build", "run"),
    ],
)
def test_a_larger_kind_holds_the_smaller_one_in_the_same_versions(larger, smaller):
    assert pinned(smaller) - pinned(larger) == set()


def test_python_3_11_stays_on_the_qt_that_survives_there():
    versions = {marker: version for name, version, marker in pinned("run") if name == "pyside6-essentials"}
    assert versions["python_full_version < '3.12'"].startswith("6.11.")
    assert versions["python_full_version >= '3.12'"].startswith("6.12.")
