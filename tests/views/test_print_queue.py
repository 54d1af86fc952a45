"""The print queue: printers are chosen once, papers print by themselves, what failed says why and goes on."""

from __future__ import annotations

import pytest

from app.services import printing
from app.services.label_printer import PrinterTrouble
from app.services.papers import Wanted
from app.services.printing import Route
from app.views import print_queue, print_spooler, products, workstation
from app.views.print_queue.route_dialog import RouteDialog
from app.views.print_spooler import PrintSpooler
from tests.services.carrier_office import Despatch
from tests.services.test_label_printer import printer
from tests.views.accessible import unnamed
from tests.views.office import PLACES, dialog, press_next


@pytest.fixture
def despatch(database):
    return Despatch(database)


@pytest.fixture
def screen(despatch, open_window, qtbot, context):
    context.settings.setValue(workstation.KEY, "dock-2")
    window = open_window((*PLACES, print_queue.PLACE))
    window.show_place("print_queue")
    return window.screen_on_show


def queue_labels(despatch, route):
    despatch.company.do(lambda tx: printing.set_route(tx, "dock-2", route))
    wanted = [Wanted("label", despatch.shipment)]
    jobs = despatch.company.read(lambda c: printing.prepare(c, "dock-2", wanted))
    return despatch.company.do(lambda tx: printing.enqueue(tx, "dock-2", jobs))


def states(screen):
    return [row.state for row in screen.jobs.rows]


def test_a_printer_is_chosen_by_keyboard_and_can_be_forgotten(screen, qtbot):
    assert unnamed(screen.window()) == []
    screen.context.commands.start("print_route.set")
    choose = dialog(RouteDialog, qtbot)
    choose.kind.setCurrentIndex(choose.kind.findData("label"))
    choose.printer.setEditText("tcp://zebra")
    assert choose.resolution.isEnabled()
    assert not choose.tray.isEnabled()
    press_next(choose)
    qtbot.waitUntil(lambda: screen.routes.rows == [Route("label", "tcp://zebra", resolution=203)])
    screen.context.commands.start("print_route.set")
    choose = dialog(RouteDialog, qtbot)
    choose.kind.setCurrentIndex(choose.kind.findData("invoice"))
    choose.printer.setEditText("tcp://zebra")
    press_next(choose)
    qtbot.waitUntil(lambda: "Only labels" in choose.form._entries["kind"].note.text())
    choose.reject()
    screen.routes_view.selectRow(0)
    screen.context.commands.start("print_route.drop")
    qtbot.waitUntil(lambda: screen.routes.rows == [])


def test_labels_print_by_themselves_and_each_can_be_printed_once_more(screen, despatch, context, qtbot):
    spooler = PrintSpooler(context)
    with printer() as zebra:
        queue_labels(despatch, Route("label", f"tcp://127.0.0.1:{zebra.where.port}", resolution=203))
        with qtbot.waitSignal(spooler.worked, check_params_cb=lambda tried: tried > 0, timeout=20_000):
            spooler.look()
        qtbot.waitUntil(lambda: len(states(screen)) == 2)
        assert zebra.received.startswith(b"^XA")
    spooler.stop()
    assert "printed" in states(screen)
    done = states(screen).index("printed")
    screen.jobs_view.selectRow(done)
    screen.context.commands.start("print_job.reprint")
    qtbot.waitUntil(lambda: states(screen).count("waiting") >= 1)
    assert any(row.reprint_of for row in screen.jobs.rows)


def test_a_jam_says_why_and_the_job_goes_on_or_is_taken_off(screen, despatch, context, qtbot, monkeypatch):
    def jam(pages):
        raise PrinterTrouble(f"{pages.printer} is out of paper.", 1)

    monkeypatch.setattr(print_spooler, "print_pages", jam)
    spooler = PrintSpooler(context)
    queue_labels(despatch, Route("label", "Office", copies=2))
    with qtbot.waitSignal(spooler.worked, check_params_cb=lambda tried: tried > 0, timeout=20_000):
        spooler.look()
    spooler.stop()
    qtbot.waitUntil(lambda: states(screen) == ["failed"])
    screen.jobs_view.selectRow(0)
    qtbot.waitUntil(lambda: screen.trouble.text() == "Office is out of paper.")
    screen.context.commands.start("print_job.retry")
    qtbot.waitUntil(lambda: states(screen) == ["waiting"])
    screen.context.commands.start("print_job.cancel")
    qtbot.waitUntil(lambda: states(screen) == ["cancelled"])


def test_a_printer_that_is_not_there_has_printed_nothing():
    with pytest.raises(PrinterTrouble, match="no printer Nowhere") as trouble:
        print_spooler.print_pages(print_spooler.Pages("Paper", b"", "Nowhere", "", 1))
    assert trouble.value.sent == 0


def test_an_articles_label_needs_a_label_printer_and_then_goes_there(despatch, open_window, qtbot, context):
    context.settings.setValue(workstation.KEY, "dock-2")
    window = open_window((products.PLACE, print_queue.PLACE))
    window.show_place("products")
    screen = window.screen_on_show
    qtbot.waitUntil(lambda: screen.list.table.rowCount() == 3)
    screen.list.view.selectRow(0)
    qtbot.waitUntil(lambda: screen.list.current() is not None)
    with qtbot.waitSignal(context.messages.offered) as offered:
        context.commands.start("product.print_label")
    assert "label printer" in offered.args[0]
    route = Route("item_label", "tcp://zebra", resolution=300)
    despatch.company.do(lambda tx: printing.set_route(tx, "dock-2", route))
    context.commands.start("product.print_label")
    qtbot.waitUntil(lambda: len(despatch.company.read(lambda c: printing.queue(c, "dock-2"))) == 1)
    [row] = despatch.company.read(lambda c: printing.queue(c, "dock-2"))
    assert (row.kind, row.format, row.printer) == ("item_label", "zpl", "tcp://zebra")
