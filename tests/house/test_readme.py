"""What the README and CONTRIBUTING tell people to type and read is there."""

from __future__ import annotations

import re

import pytest

from tests.house.sources import ROOT
from tools import check, launch

PAGES = ("README.md", "CONTRIBUTING.md")


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_the_files_it_names_are_there(name):
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", page(name)) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_readme_starts_with_the_two_commands():
    commands = re.findall(r"^    (python .+?)(?: {2,}.*)?$", page("README.md"), re.MULTILINE)
    assert commands[:2] == ["python start.py", "python start.py test"]


@pytest.mark.parametrize("name", PAGES)
def test_the_modules_it_runs_are_there(name):
    for module in re.findall(r"python -m ([a-z_.]+)", page(name)):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


def test_the_gates_it_lists_are_the_gates():
    table = page("CONTRIBUTING.md").partition("| gate |")[2]
    listed = re.findall(r"^\| `([a-z]+)` \|", table, re.MULTILINE)
    assert listed == list(check.GATES)


def test_start_explains_each_of_its_words():
    words = re.findall(r"python start.py ([a-z]+) ", (ROOT / "start.py").read_text(encoding="utf-8"))
    assert set(words) >= (launch.WINDOWED | {"gates"}) - {"window"}
