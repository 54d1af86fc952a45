"""What the system lacks, and the words that say so."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools import system


@pytest.mark.parametrize(
    ("values", "name", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, "linux", False),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "xcb"}, "linux", True),
        ({}, "win32", True),
        ({}, "darwin", True),
        ({"QT_QPA_PLATFORM": "offscreen:fontconfig=1"}, "win32", False),
    ],
)
def test_a_display_is_there_when_a_window_would_be_seen(values, name, expected):
    assert system.has_display(values, name) is expected


@pytest.mark.parametrize(
    ("release", "start"),
    [
        ({"ID": "debian"}, "sudo apt-get install libegl1"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "sudo apt-get install libegl1"),
        ({"ID": "fedora"}, "sudo dnf install mesa-libEGL"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "sudo dnf install"),
        ({"ID": "opensuse-leap", "ID_LIKE": "suse opensuse"}, "sudo zypper install"),
        ({"ID": "manjaro", "ID_LIKE": "arch"}, "sudo pacman -S"),
        ({"ID": "plan9"}, "install the packages"),
        ({}, "install the packages"),
    ],
)
def test_the_advice_is_a_command_of_the_system(release, start):
    assert system.advice(["libegl1"], system.family(release)).startswith(start)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems bring their libraries")
def test_a_missing_library_is_named_with_the_command_that_brings_it(monkeypatch):
    monkeypatch.setitem(system.ALWAYS, "libNoSuchThing.so.7", "libnosuchthing7")
    monkeypatch.setattr(system, "release", lambda: {"ID": "debian"})

    said = system.explain(Path(sys.executable), display=False)

    assert "libNoSuchThing.so.7" in said
    assert "sudo apt-get install libnosuchthing7\n" in said


def test_where_all_is_there_nothing_is_said():
    assert system.explain(Path(sys.executable), display=False) == ""
