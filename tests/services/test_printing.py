"""The print queue: the right printer without a question, again after a jam, every print and reprint recorded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.errors import Invalid, NotAllowed
from app.services import activity, printing
from app.services.papers import Wanted
from app.services.printing import KEPT, PAUSE, Route
from tests.services.carrier_office import Despatch
from tests.views.small_company import MORNING

DESK, DOCK = "desk-1", "dock-2"


class Queue:
    """The queue of workstation dock-2: paper goes to Office, package labels to a label printer."""

    def __init__(self, database):
        self.despatch = Despatch(database)
        self.company, self.now = self.despatch.company, MORNING
        self.route(Route("", "Office", tray="Tray 2"))
        self.route(Route("label", "tcp://zebra:9100", resolution=203))

    def do(self, op):
        return self.company.do(op, self.now)

    def read(self, op, *arguments):
        return self.company.read(lambda connection: op(connection, *arguments))

    def route(self, route, workstation=DOCK):
        self.do(lambda tx: printing.set_route(tx, workstation, route))

    def put(self, *kinds):
        wanted = [Wanted(kind, self.despatch.shipment) for kind in kinds]
        jobs = self.read(printing.prepare, DOCK, wanted)
        return self.do(lambda tx: printing.enqueue(tx, DOCK, jobs))

    def due(self):
        row = self.read(printing.next_job, DOCK, self.now)
        return row.id if row else None

    def job(self, job_id):
        return self.read(printing.get, job_id)

    def fail(self, job_id, *, nothing_came_out):
        self.do(lambda tx: printing.start(tx, job_id))
        self.do(lambda tx: printing.fail(tx, job_id, "No paper", nothing_came_out=nothing_came_out))

    def print(self, job_id):
        self.do(lambda tx: printing.start(tx, job_id))
        self.do(lambda tx: printing.finish(tx, job_id))


@pytest.fixture
def queue(database):
    return Queue(database)


def test_each_paper_goes_to_its_printer_as_that_one_takes_it(queue):
    slip, first, second = (queue.job(job_id) for job_id in queue.put("packing_slip", "label"))
    assert (slip.printer, slip.tray, slip.format, slip.content[:5]) == ("Office", "Tray 2", "pdf", b"%PDF-")
    assert (first.printer, first.format, first.content[:3]) == ("tcp://zebra:9100", "zpl", b"^XA")
    assert first.content != second.content  # a label each, so that one alone can be printed again
    assert queue.due() == slip.id


def test_without_a_printer_the_text_says_where_to_choose_one(queue):
    with pytest.raises(NotAllowed, match="desk-1"):
        queue.read(printing.prepare, DESK, [Wanted("label", queue.despatch.shipment)])


def test_a_printer_that_cannot_be_reached_is_tried_again_after_a_pause_or_at_once_by_hand(queue):
    [job_id] = queue.put("packing_slip")
    queue.fail(job_id, nothing_came_out=True)
    assert (queue.job(job_id).state, queue.job(job_id).trouble, queue.due()) == ("waiting", "No paper", None)
    queue.now += PAUSE
    assert queue.due() == job_id
    queue.fail(job_id, nothing_came_out=True)
    queue.do(lambda tx: printing.retry(tx, job_id))
    assert queue.due() == job_id
    queue.print(job_id)
    assert (queue.job(job_id).state, queue.job(job_id).tries) == ("printed", 3)


def test_where_a_label_may_have_come_out_a_person_decides(queue):
    first, second = queue.put("label")
    queue.fail(first, nothing_came_out=False)
    queue.now += timedelta(hours=1)
    assert (queue.job(first).state, queue.due()) == ("failed", second)
    queue.do(lambda tx: printing.retry(tx, first))
    assert queue.due() == first
    queue.do(lambda tx: printing.cancel(tx, first))
    with pytest.raises(NotAllowed):
        queue.do(lambda tx: printing.start(tx, first))


def test_a_job_is_printed_by_one_spooler_only(queue):
    [job_id] = queue.put("packing_slip")
    queue.do(lambda tx: printing.start(tx, job_id))
    with pytest.raises(NotAllowed):
        queue.do(lambda tx: printing.start(tx, job_id))


def test_what_was_printing_when_the_program_stopped_waits_for_a_look(queue):
    [job_id] = queue.put("packing_slip")
    queue.do(lambda tx: printing.start(tx, job_id))
    assert queue.do(lambda tx: printing.recover(tx, DOCK)) == 1
    assert "Look whether it came out" in queue.job(job_id).trouble
    assert queue.do(lambda tx: printing.recover(tx, DOCK)) == 0


def test_each_print_and_reprint_is_recorded_with_its_document(queue):
    first, _ = queue.put("label")
    with pytest.raises(NotAllowed, match="not been printed"):
        queue.do(lambda tx: printing.reprint(tx, first))
    queue.print(first)
    queue.route(Route("label", "tcp://zebra-2:9100", resolution=203, copies=3))
    again = queue.do(lambda tx: printing.reprint(tx, first))
    assert (queue.job(again).content, queue.job(again).copies) == (queue.job(first).content, 1)
    assert queue.job(again).printer == "tcp://zebra-2:9100"
    queue.print(again)
    told = queue.read(activity.timeline, queue.despatch.shipment)
    printed = [(one.name, one.facts["printer"]) for one in told if one.name.startswith("paper.")]
    assert printed == [("paper.reprinted", "tcp://zebra-2:9100"), ("paper.printed", "tcp://zebra:9100")]


def test_old_pages_are_let_go(queue):
    done, waits = queue.put("label")
    queue.print(done)
    queue.now += KEPT
    assert queue.do(lambda tx: printing.tidy(tx, DOCK)) == 1
    assert [row.id for row in queue.read(printing.queue, DOCK)] == [waits]


@pytest.mark.parametrize(
    "wrong",
    [
        Route("poem", "Office"),
        Route("label", " "),
        Route("label", "Office", copies=0),
        Route("label", "tcp://zebra:9100", resolution=150),
        Route("invoice", "tcp://zebra:9100", resolution=203),
        Route("label", "Office", resolution=203),
        Route("shelf_label", "Office"),
        Route("label", "tcp://ze bra", resolution=203),
    ],
)
def test_a_route_that_cannot_work_is_refused(queue, wrong):
    with pytest.raises(Invalid):
        queue.route(wrong)


def test_a_route_can_be_changed_and_dropped(queue):
    queue.route(Route("label", "Office"))
    assert [one.printer for one in queue.read(printing.routes, DOCK)] == ["Office", "Office"]
    queue.do(lambda tx: printing.drop_route(tx, DOCK, "label"))
    assert [one.kind for one in queue.read(printing.routes, DOCK)] == [""]
