"""start.py: its words, and what happens with their exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import environment, launch
from tools.environment import ROOT, SetUpError

TOUR = ["app", "tour", "--out", str(launch.TOUR)]


@pytest.fixture(autouse=True)
def _ready(monkeypatch):
    """Everything is installed: in the environment that runs this test."""
    monkeypatch.setattr(environment, "is_ready", lambda _: True)
    monkeypatch.setattr(environment, "ensure", lambda _: Path(sys.executable))


@pytest.mark.parametrize(
    ("words", "display", "expected"),
    [
        (["window"], True, ["app", "window"]),
        (["window", "--company", "my books.waybill"], True, ["app", "window", "--company", "my books.waybill"]),
        (["window"], False, TOUR),
        (["window", "--company", "my books.waybill"], False, TOUR),
        (["tour"], True, TOUR),
        (["tour", "--out", "pictures"], False, ["app", "tour", "--out", "pictures"]),
        (["tour", "--out=pictures"], False, ["app", "tour", "--out=pictures"]),
        (["test", "tests/house", "-k", "signals"], False, ["pytest", "tests/house", "-k", "signals"]),
        (["gates", "lint"], False, ["tools.check", "lint"]),
        (["check"], False, ["app", "check"]),
        (["order", "confirm", "SO-1042"], True, ["app", "order", "confirm", "SO-1042"]),
    ],
)
def test_each_word_starts_its_program(words, display, expected):
    assert launch.command(words[0], words[1:], display=display) == expected


def test_all_tests_run_in_parallel():
    assert launch.command("test", [], display=False)[:3] == ["pytest", "-n", str(launch.workers())]
    assert launch.workers() >= 2


def test_without_a_display_it_says_that_the_tour_is_taken(capsys):
    launch.command("window", [], display=False)
    assert "no display" in capsys.readouterr().out


def test_help_tells_the_words_of_start_and_asks_the_program_for_its_own(monkeypatch, capsys):
    monkeypatch.setattr(launch, "command", lambda *words, **_: ["calendar", "--help"] if words[0] == "--help" else [])
    assert launch.main(["--help"]) == 0
    assert "python start.py test " in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_is_said_in_words(monkeypatch, capsys):
    def read_only(_kind):
        raise PermissionError(13, "Permission denied", "/opt/waybill/.venv.lock")

    monkeypatch.setattr(environment, "ensure", read_only)
    assert launch.main(["check"]) == 2
    assert "cannot write there: [Errno 13] Permission denied" in capsys.readouterr().err


def test_the_exit_code_is_the_program_s(monkeypatch):
    monkeypatch.setattr(launch, "command", lambda *_, **__: ["this"])
    assert launch.main(["db", "upgrade"]) == 0
    monkeypatch.setattr(launch, "command", lambda *_, **__: ["no.such.module"])
    assert launch.main(["db", "upgrade"]) == 1


def test_a_command_runs_where_the_person_stands_and_reads_utf_8(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    (tmp_path / "app").mkdir()  # a folder of theirs with our name
    (tmp_path / "app" / "__init__.py").write_text("raise SystemExit('the wrong app')", encoding="utf-8")
    seen = tmp_path / "seen.txt"

    assert launch.run(Path(sys.executable), ["tests.tools.tell", str(seen)], display=False, own=False) == 0

    where, app, utf8, platform = seen.read_text(encoding="utf-8").splitlines()
    assert Path(where).samefile(tmp_path)
    assert Path(app) == ROOT / "app" / "__init__.py"
    assert (utf8, platform) == ("1", "offscreen")


def test_a_set_up_that_fails_says_why_and_gives_2(monkeypatch, capsys):
    def fails(kind):
        raise SetUpError("The disk is full.")

    monkeypatch.setattr(environment, "ensure", fails)
    assert launch.main(["tour"]) == 2
    assert capsys.readouterr().err == "The disk is full.\n"


def test_an_old_python_is_told_which_one_is_needed(tmp_path):
    source = (ROOT / "start.py").read_text(encoding="utf-8").replace("(3, 11)", "(4, 0)")
    (tmp_path / "start.py").write_text(source, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, tmp_path / "start.py"], capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert result.returncode == 2
    assert result.stderr.startswith("Waybill needs Python 4.0 or newer; this is Python 3.")
    assert "Traceback" not in result.stderr
