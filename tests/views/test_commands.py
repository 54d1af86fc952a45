"""Commands: each id and key once, alive only where they belong."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from app import views
from app.views.commands import Command, Commands
from app.views.places import PLACES

NEW = Command("quote.new", "New quote", "Write a quote.", "Ctrl+N", "plus")
SEND = Command("quote.send", "Send", "Send the quote.", "Ctrl+Return", needs_selection=True)
OTHER = Command("order.new", "New order", "Write an order.", "Ctrl+N", "plus")


@pytest.fixture
def commands(qapp, theme) -> Commands:
    return Commands()


def test_the_same_id_or_key_twice_stops_the_program(commands):
    commands.declare(NEW, "quotes")
    with pytest.raises(AssertionError, match="two commands"):
        commands.declare(NEW, "quotes")
    with pytest.raises(AssertionError, match=r"quote\.new and quote\.copy"):
        commands.declare(Command("quote.copy", "Copy", "Copy it.", "Ctrl+N"), "quotes")
    commands.declare(OTHER, "orders")
    with pytest.raises(AssertionError, match="Ctrl"):
        commands.declare(Command("any.where", "X", "X.", "Ctrl+N"))


def test_only_the_screen_on_show_has_its_commands(commands):
    done = []
    commands.add(NEW, lambda: done.append("quote"), "quotes")
    commands.add(OTHER, lambda: done.append("order"), "orders")
    commands.enter("quotes")
    assert (commands["quote.new"].isEnabled(), commands["order.new"].isEnabled()) == (True, False)
    commands.start("order.new")
    commands.start("quote.new")
    commands.enter("orders")
    commands.start("order.new")
    assert done == ["quote", "order"]


def test_a_command_waits_for_a_selection_and_for_permission(commands):
    commands.add(SEND, lambda: None, "quotes")
    commands.enter("quotes")
    assert not commands["quote.send"].isEnabled()
    commands.select("quotes", selected=True)
    assert commands["quote.send"].isEnabled()
    commands.allow("quote.send", allowed=False)
    assert not commands["quote.send"].isEnabled()


def test_the_user_can_have_other_keys(commands):
    commands.use_keys({"quote.new": "Ctrl+J"})
    commands.declare(NEW, "quotes")
    commands.declare(SEND, "quotes")
    assert commands["quote.new"].shortcut().toString() == "Ctrl+J"
    assert commands.set_key("quote.send", "Ctrl+J") == "New quote", "taken: nothing is changed"
    assert commands.set_key("quote.send", "Ctrl+M") == ""
    assert commands.keys() == {"quote.new": "Ctrl+J", "quote.send": "Ctrl+M"}


def test_a_key_the_user_gave_away_is_not_a_clash(commands):
    commands.use_keys({"quote.new": "Ctrl+Return"})
    commands.declare(NEW, "quotes")
    commands.declare(SEND, "quotes")
    assert commands.keys() == {"quote.new": "Ctrl+Return"}


def test_single_characters_are_commands_of_the_window(commands):
    done = []
    commands.add(Command("keys.show", "Keys", "Show the keys.", "?"), lambda: done.append("?"))
    assert commands.press("?")
    assert not commands.press("x")
    assert done == ["?"]
    assert commands["keys.show"].shortcut().isEmpty(), "Qt must not take it from a text field"


def test_every_command_that_is_written_down_is_one_of_its_place():
    """A place's commands stand in the palette and among the keys that can be changed."""
    known = {one.id for place in PLACES for one in place.commands}
    folders = sorted(path.parent.name for path in Path(next(iter(views.__path__))).glob("*/commands.py"))
    modules = [importlib.import_module(f"app.views.{folder}.commands") for folder in folders]
    written = {one.id for module in modules for one in vars(module).values() if isinstance(one, Command)}
    assert len(written) > 100
    assert written - known == set()
