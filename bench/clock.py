"""Time on the processor: of this process and, where the system tells, of the database server's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Clock:
    """Adds up what one contender used; ``server`` names the process that serves it, 0 for none."""

    def __init__(self, server: int = 0) -> None:
        self.cpu_ms = self.server_ms = self.wall_ms = 0.0
        self._schedule = Path(f"/proc/{server}/schedstat") if server else None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count what happens inside."""
        server, cpu, wall = self._server_ns(), time.process_time_ns(), time.perf_counter_ns()
        yield
        self.wall_ms += (time.perf_counter_ns() - wall) / 1e6
        self.cpu_ms += (time.process_time_ns() - cpu) / 1e6
        self.server_ms += (self._server_ns() - server) / 1e6

    def _server_ns(self) -> int:
        """Nanoseconds the server process has run (Linux: first field of schedstat)."""
        if self._schedule is None or not self._schedule.exists():
            return 0
        return int(self._schedule.read_text(encoding="ascii").split()[0])
