"""The virtual environment: made once, brought up to date when asked for more, and never trusted half-made.

The packages are made here, so that the real pip installs real wheels without a network.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from tools import environment
from tools.environment import NOTE, SetUpError, ensure, installed, is_ready, python_of


@pytest.fixture
def kinds(tmp_path, monkeypatch):
    """Requirements of our own: a file per kind, empty at first."""
    files = {kind: tmp_path / f"{kind}.txt" for kind in environment.KINDS}
    for path in files.values():
        path.write_text("", encoding="utf-8")
    monkeypatch.setattr(environment, "requirements_of", files.__getitem__)
    return files


@pytest.fixture(scope="session")
def empty(tmp_path_factory) -> Path:
    """An environment as the real ``make`` makes it, once: it takes five seconds."""
    folder = tmp_path_factory.mktemp("made") / "an empty one" / ".venv"
    folder.parent.mkdir()
    environment.make(folder)
    return folder


@pytest.fixture
def folder(tmp_path, empty, monkeypatch) -> Path:
    """Where the environment of this test is to be."""

    def make(folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(empty, folder, symlinks=True)

    monkeypatch.setattr(environment, "make", make)
    folder = tmp_path / "a folder with spaces" / ".venv"
    folder.parent.mkdir()
    return folder


def wheel(folder: Path, name: str, version: str) -> Path:
    """Make an installable package with one module that knows its version."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = []
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inside, text in files.items():
            archive.writestr(inside, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            record.append(f"{inside},sha256={digest},{len(text)}")
        archive.writestr(f"{info}/RECORD", "\n".join([*record, f"{info}/RECORD,,", ""]))
    return path


def line(path: Path, digest: str | None = None) -> str:
    """A requirement for exactly this file."""
    name, _, _ = path.name.partition("-")
    digest = digest or hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{name} @ {path.as_uri()} --hash=sha256:{digest}\n"


def version_of(folder: Path, module: str) -> str:
    question = f"import {module}; print({module}.VERSION)"
    return subprocess.run(
        [python_of(folder), "-c", question], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_a_first_start_makes_it_and_a_second_one_does_nothing(kinds, folder, tmp_path, monkeypatch):
    kinds["run"].write_text(line(wheel(tmp_path, "crate", "1.0")), encoding="utf-8")

    python = ensure("run", folder)

    assert python == python_of(folder)
    assert version_of(folder, "crate") == "1.0"
    monkeypatch.setattr(environment, "make", pytest.fail)
    monkeypatch.setattr(environment, "fill", pytest.fail)
    assert ensure("run", folder) == python


def test_changed_requirements_are_installed_at_the_next_start(kinds, folder, tmp_path):
    kinds["run"].write_text(line(wheel(tmp_path, "crate", "1.0")), encoding="utf-8")
    ensure("run", folder)
    (folder / "kept").touch()

    kinds["run"].write_text(line(wheel(tmp_path, "crate", "1.1")), encoding="utf-8")
    assert not is_ready("run", folder)
    ensure("run", folder)

    assert version_of(folder, "crate") == "1.1"
    assert (folder / "kept").exists(), "brought up to date, not made anew"


def test_a_file_that_is_not_the_one_we_tested_is_refused(kinds, folder, tmp_path):
    kinds["run"].write_text(line(wheel(tmp_path, "crate", "1.0"), digest="0" * 64), encoding="utf-8")

    with pytest.raises(SetUpError, match="could not install") as refused:
        ensure("run", folder)

    assert "DO NOT MATCH THE HASHES" in str(refused.value)
    assert "run start.py again" in str(refused.value)
    assert not is_ready("run", folder)


def test_an_interrupted_set_up_is_made_anew(kinds, folder, tmp_path, monkeypatch):
    kinds["run"].write_text(line(wheel(tmp_path, "crate", "1.0")), encoding="utf-8")
    ensure("run", folder)
    kinds["run"].write_text(line(wheel(tmp_path, "crate", "1.1")), encoding="utf-8")

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as context:
        context.setattr(environment, "run_pip", interrupted)
        with pytest.raises(KeyboardInterrupt):
            ensure("run", folder)
    assert (folder / NOTE).exists()
    (folder / "half-copied").touch()

    ensure("run", folder)

    assert not (folder / "half-copied").exists()
    assert version_of(folder, "crate") == "1.1"
    assert is_ready("run", folder)


def test_a_python_that_went_away_is_replaced(kinds, folder):
    ensure("run", folder)
    python_of(folder).unlink()
    assert ensure("run", folder).exists()


def test_what_the_tests_need_includes_what_the_program_needs(kinds, folder):
    (folder).mkdir()
    for kind in kinds:
        kinds[kind].write_text(f"# {kind}\n", encoding="utf-8")
    (folder / environment.STAMP).write_text(f'{{"test": "{environment.hash_of("test")}"}}', encoding="utf-8")

    assert [kind for kind in environment.KINDS if is_ready(kind, folder)] == ["run", "test"]


@pytest.mark.parametrize("damaged", ["", "[1, 2]", '{"run": ', "\0"])
def test_a_damaged_stamp_counts_as_none(kinds, folder, damaged):
    folder.mkdir()
    (folder / environment.STAMP).write_text(damaged, encoding="utf-8")
    assert installed(folder) == {}
    assert not is_ready("run", folder)


def test_line_ends_do_not_change_the_hash(kinds):
    kinds["run"].write_bytes(b"a\nb\n")
    unix = environment.hash_of("run")
    kinds["run"].write_bytes(b"a\r\nb\r\n")
    assert environment.hash_of("run") == unix
