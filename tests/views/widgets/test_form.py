"""A form shows an error at its field, and the dialog around it makes room for it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from app.errors import Invalid
from app.views.dialogs.form_dialog import FormDialog
from app.views.widgets.fields import Field
from tests.views import small_company
from tests.views.office import PLACES

LONG = "Say why the order is put on hold: whoever would ship it reads that, and so does whoever answers the telephone."


@pytest.fixture
def dialog(sqlite_database, open_window, qtbot):
    small_company.found(sqlite_database)
    window = open_window(PLACES)
    window.open_record("payments", None)
    asking = FormDialog(window.screen_on_show.context, "Hold", "Do it", parent=window)
    asking.code, asking.name = Field("Code"), Field("Name")
    asking.form.add_beside(("code", "Code", asking.code), ("name", "Name", asking.name))
    asking.open()
    qtbot.waitUntil(asking.isVisible)
    return asking


def test_a_dialog_grows_with_an_error_that_wraps(dialog, qtbot):
    qtbot.wait(20)
    before = dialog.height()
    dialog.form.show_error(Invalid("name", LONG))
    qtbot.waitUntil(lambda: dialog.height() > before + 20)
    note = next(one for one in dialog.form.findChildren(QWidget) if getattr(one, "text", str)() == LONG)
    assert note.height() >= note.heightForWidth(note.width())
    assert note.mapTo(dialog.form, note.rect().topLeft()).y() >= dialog.name.height()


def test_of_fields_side_by_side_the_one_that_is_wrong_is_marked(dialog):
    dialog.form.show_error(Invalid("name", "Type a name."))
    assert (dialog.name.property("error"), dialog.code.property("error")) == (True, False)
    assert dialog.form.field("code") is dialog.code
    dialog.form.clear_errors()
    assert dialog.name.property("error") is False


def test_a_dialog_is_never_narrower_than_its_fields(dialog, qtbot):
    wide = QWidget()
    wide.setMinimumWidth(700)
    dialog.form.add("wide", "Wide", wide, LONG)
    qtbot.waitUntil(lambda: dialog.width() > 700)
    note = next(one for one in dialog.form.findChildren(QWidget) if getattr(one, "text", str)() == LONG)
    assert note.height() >= note.heightForWidth(note.width())
