"""Jobs: off the GUI thread, in order, with undo, and never a widget in them."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from threading import Event, current_thread, main_thread

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QWidget

from app.errors import NotAllowed
from app.services.database import Changes, Outcome
from app.services.progress import Cancelled
from app.views.context import Inverse
from tests.views.conftest import NOON, make_context


class Books:
    """A database that only notes which commands ran, when and by whom."""

    def __init__(self):
        self.ran = []

    def read(self, op):
        return op(None)

    def run(self, command, op, *, by, at, key=None):
        value = op(self)
        self.ran.append((command, by, at, key is not None, current_thread() is main_thread()))
        return Outcome(value, Changes({"sales_order": frozenset()}))


@pytest.fixture
def books():
    return Books()


@pytest.fixture
def desk(qapp, theme, books, settings):
    made = make_context(books, settings)
    yield made
    made.tasks.wait()


@pytest.fixture
def owner(qapp):
    return QObject()


def refuse(_tx):
    raise NotAllowed("Order SO-1 is closed. Nothing was changed.")


def refuse_back(tx, _value):
    refuse(tx)


def test_a_command_runs_off_the_gui_thread_with_who_when_and_key(qtbot, desk, books, owner):
    heard = []
    desk.messages.said.connect(heard.append)
    with qtbot.waitSignal(desk.tasks.changed) as changed:
        desk.run(owner, "order.confirm", lambda _tx: "SO-1", said="Order {} is confirmed.")
    assert books.ran == [("order.confirm", "ann", NOON, True, False)]
    assert changed.args == [Changes({"sales_order": frozenset()})]
    assert heard == ["Order SO-1 is confirmed."]


def test_commands_run_one_after_another_in_the_order_asked(qtbot, desk, books, owner):
    gate = Event()
    desk.tasks.run(owner, "first", lambda _tx: gate.wait(5))
    for number in range(5):
        desk.tasks.run(owner, f"next {number}", lambda _tx: None)
    gate.set()
    qtbot.waitUntil(lambda: len(books.ran) == 6)
    assert [entry[0] for entry in books.ran] == ["first", *(f"next {n}" for n in range(5))]


def test_a_refusal_goes_to_its_place_and_a_bug_to_the_report(qtbot, desk, owner):
    errors = []
    desk.tasks.failed.connect(desk.messages.error)
    desk.run(owner, "order.confirm", refuse, failed=errors.append)
    qtbot.waitUntil(lambda: len(errors) == 1)
    with qtbot.waitSignal(desk.messages.warned) as warned:
        desk.run(owner, "order.confirm", refuse)
    assert warned.args == ["Order SO-1 is closed. Nothing was changed."]
    with qtbot.waitSignal(desk.messages.crashed) as crashed:
        desk.run(owner, "order.confirm", lambda _tx: 1 // 0, failed=errors.append)
    assert "Everything you saved before is safe" in crashed.args[0]
    assert "ZeroDivisionError" in crashed.args[1]
    assert len(errors) == 1


def test_what_nobody_caught_is_reported_too(qtbot, desk, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    desk.messages.catch_uncaught()
    with qtbot.waitSignal(desk.messages.crashed) as crashed:
        error = ValueError("in a slot")
        sys.excepthook(ValueError, error, None)
    assert "in a slot" in crashed.args[1]
    with qtbot.waitSignal(desk.messages.crashed) as crashed:
        thread = threading.Thread(target=lambda: 1 // 0)
        thread.start()
        thread.join()
    assert "ZeroDivisionError" in crashed.args[1]


def test_what_was_done_can_be_undone_and_done_again(qtbot, desk, books, owner):
    back = Inverse("order.reopen", lambda _tx, number: f"{number} back")
    with qtbot.waitSignal(desk.messages.offered) as offered:
        desk.run(owner, "order.confirm", lambda _tx: "SO-1", said="Order {} is confirmed.", inverse=back)
    text, button, act = offered.args
    assert (text, button, desk.undo.undo_text) == ("Order SO-1 is confirmed.", "Undo", text)
    act()
    qtbot.waitUntil(lambda: len(books.ran) == 2)
    assert (desk.undo.undo_text, desk.undo.redo_text) == ("", text)
    desk.undo.redo()
    qtbot.waitUntil(lambda: len(books.ran) == 3)
    assert [entry[0] for entry in books.ran] == ["order.confirm", "order.reopen", "order.confirm"]
    assert (desk.undo.undo_text, desk.undo.redo_text) == (text, "")


def test_what_cannot_be_taken_back_any_more_says_why_and_is_not_offered_again(qtbot, desk, owner):
    with qtbot.waitSignal(desk.messages.offered) as offered:
        desk.run(owner, "order.confirm", lambda _tx: 1, said="Confirmed.", inverse=Inverse("order.reopen", refuse_back))
    with qtbot.waitSignal(desk.messages.warned) as warned:
        offered.args[2]()
    assert warned.args == ["Order SO-1 is closed. Nothing was changed."]
    assert (desk.undo.undo_text, desk.undo.redo_text) == ("", "")


def test_an_answer_to_a_view_that_is_gone_is_dropped(qtbot, desk, qapp):
    view, heard = QWidget(), []
    desk.tasks.read(view, lambda _c: 1, heard.append)
    shiboken6.delete(view)
    other = QObject()
    desk.tasks.read(other, lambda _c: 2, heard.append)
    qtbot.waitUntil(lambda: heard == [2])
    desk.tasks.wait()
    QCoreApplication.sendPostedEvents()
    assert heard == [2]


def test_a_job_that_holds_a_widget_is_refused(desk, owner):
    widget = QWidget()
    with pytest.raises(AssertionError, match="values, not widgets"):
        desk.tasks.read(owner, lambda _c: widget.width(), print)


def test_a_view_that_ran_commands_can_die(qtbot, desk, books, qapp):
    class View(QWidget):
        def ask(self):
            desk.run(self, "order.confirm", lambda _tx: "SO-1", done=self.answered)

        def answered(self, value):
            self.value = value

    views = [View()]
    views[0].ask()
    qtbot.waitUntil(lambda: getattr(views[0], "value", None) == "SO-1")
    watched = weakref.ref(views[0])
    views.pop().deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert watched() is None


def test_long_work_shows_how_far_it_is_and_can_be_stopped(qtbot, desk, owner):
    at, go = Event(), Event()

    def work(progress):
        for row in range(1_000_000):
            progress.step(row, 1_000_000, "rows")
            at.set()
            if row == 3:
                go.wait(5)
        return "done"

    heard = []
    with qtbot.waitSignal(desk.tasks.stepped) as stepped:
        working = desk.tasks.run_long(owner, "Importing", work, heard.append)
    assert stepped.args[1:] == [0, 1_000_000, "rows"]
    with qtbot.waitSignal(desk.tasks.ended_long):
        working.stop()
        go.set()
    assert heard == [], "nothing is reported as done"
    with pytest.raises(Cancelled):
        working.step(1, 2)
