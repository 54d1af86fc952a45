"""Labels reach a network printer byte for byte, and no printer is waited for without end."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.services.documents.zpl_labels import ItemLabel, items
from app.services.label_printer import PrinterAddress, PrinterTrouble, address, send

LABEL = items([ItemLabel("VAL-1", "Brass valve “¾”", "8719327004418")])


class Printer:
    """A printer on this machine; ``takes`` bytes and then, as if out of paper, nothing more."""

    def __init__(self, takes=None, *, closes=True):
        self.received, self.takes, self.closes = b"", takes, closes
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.where = PrinterAddress("127.0.0.1", self._socket.getsockname()[1])
        self._open: list[socket.socket] = []
        self._thread = Thread(target=self._print)
        self._thread.start()

    def _print(self):
        try:
            line, _ = self._socket.accept()
        except OSError:
            return
        self._open.append(line)
        while self.takes is None or len(self.received) < self.takes:
            part = line.recv(1024 if self.takes is None else min(1024, self.takes - len(self.received)))
            if not part:
                break
            self.received += part
        if self.closes and self.takes is None:
            line.close()

    def stop(self):
        self._socket.close()
        for line in self._open:
            line.close()
        self._thread.join(5)


@contextmanager
def printer(*arguments, **options):
    running = Printer(*arguments, **options)
    try:
        yield running
    finally:
        running.stop()


@pytest.mark.parametrize("closes", [True, False])
def test_the_printer_receives_the_same_bytes(closes):
    data = LABEL * 200
    with printer(closes=closes) as running:
        send(running.where, data, seconds=1)
        running._thread.join(5)
        assert running.received == data


def test_a_printer_out_of_paper_is_given_up_and_it_is_known_that_something_went_out():
    with printer(takes=2048) as running, pytest.raises(PrinterTrouble, match="stopped taking") as trouble:
        send(running.where, b"x" * 20_000_000, seconds=1)
    assert trouble.value.sent > 0


def test_a_printer_that_is_off_has_printed_nothing():
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    with pytest.raises(PrinterTrouble, match="cannot be reached") as trouble:
        send(PrinterAddress("127.0.0.1", port), LABEL, seconds=1)
    assert trouble.value.sent == 0


def test_addresses_are_read_and_everything_else_is_refused():
    assert address("tcp://zebra-3.local") == PrinterAddress("zebra-3.local", 9100)
    assert address(" tcp://10.0.0.7:6101/ ") == PrinterAddress("10.0.0.7", 6101)
    assert address("tcp://[fe80::1]:9100") == PrinterAddress("fe80::1", 9100)
    for wrong in ("", "zebra", "tcp://", "tcp://a:0", "tcp://a:99999", "tcp://a b", "http://a:9100", "tcp://a;rm:1"):
        with pytest.raises(Invalid):
            address(wrong)


@given(st.text())
def test_no_text_is_more_than_refused(text):
    try:
        found = address(text)
    except Invalid:
        return
    assert found.host
    assert 0 < found.port < 65_536
