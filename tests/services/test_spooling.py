"""Jobs leave the queue by themselves: labels to the port, pages to the system, what failed again."""

from __future__ import annotations

import pytest

from app.services import printing, spooling
from app.services.label_printer import PrinterTrouble
from app.services.printing import PAUSE, Route
from tests.services.test_label_printer import printer
from tests.services.test_printing import DOCK, Queue


class Office:
    """The system's printers: what was printed, and what goes wrong next."""

    def __init__(self):
        self.printed, self.troubles = [], []

    def __call__(self, pages):
        if self.troubles:
            raise self.troubles.pop(0)
        self.printed.append((pages.title, pages.printer, pages.tray, pages.copies))


@pytest.fixture
def queue(database):
    queue = Queue(database)
    queue.office = Office()
    queue.spooler = spooling.Spooler(database, DOCK, "bea", lambda: queue.now, queue.office, seconds=1)
    return queue


def states(queue):
    return [row.state for row in queue.read(printing.queue, DOCK)][::-1]


def test_labels_go_to_the_port_and_pages_to_the_system_in_their_order(queue):
    with printer() as zebra:
        queue.route(Route("label", f"tcp://127.0.0.1:{zebra.where.port}", resolution=300, copies=2))
        slip, first, second = queue.put("packing_slip", "label")
        queue.do(lambda tx: printing.cancel(tx, second))
        assert queue.spooler.work() == 2
        zebra._thread.join(5)
        assert zebra.received == queue.job(first).content * 2
    assert queue.office.printed == [(queue.job(slip).title, "Office", "Tray 2", 1)]
    assert states(queue) == ["printed", "printed", "cancelled"]
    assert queue.spooler.work() == 0


def test_a_jam_before_anything_came_out_is_tried_again_and_one_after_it_waits_for_a_person(queue):
    queue.office.troubles = [PrinterTrouble("The printer is open.", 0), PrinterTrouble("A page is stuck.", 1)]
    queue.put("packing_slip")
    assert queue.spooler.work() == 1
    assert states(queue) == ["waiting"]
    assert queue.spooler.work() == 0
    queue.now += PAUSE
    queue.spooler.work()
    assert states(queue) == ["failed"]
    queue.now += PAUSE
    assert queue.spooler.work() == 0


def test_a_label_printer_that_is_off_does_not_hold_up_the_paper(queue):
    queue.route(Route("label", "tcp://127.0.0.1:9", resolution=203))
    queue.put("label", "packing_slip")
    assert queue.spooler.work() == 3
    assert states(queue) == ["waiting", "waiting", "printed"]


def test_what_was_left_printing_is_settled_at_the_start(queue):
    [job_id] = queue.put("packing_slip")
    queue.do(lambda tx: printing.start(tx, job_id))
    assert queue.spooler.recover() == 1
    assert states(queue) == ["failed"]
