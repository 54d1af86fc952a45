"""Time on the processor: of this process and, where the system tells, of the database server's."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


class Clock:
    """Adds up what one contender used; ``servers`` are the processes that serve it."""

    def __init__(self, servers: Sequence[int] = ()) -> None:
        self.cpu_ms = self.server_ms = self.wall_ms = 0.0
        paths = [Path(f"/proc/{process}/schedstat") for process in servers]
        self._schedules = [path for path in paths if path.exists()]

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count what happens inside."""
        server, cpu, wall = self._server_ns(), time.process_time_ns(), time.perf_counter_ns()
        yield
        self.wall_ms += (time.perf_counter_ns() - wall) / 1e6
        self.cpu_ms += (time.process_time_ns() - cpu) / 1e6
        self.server_ms += (self._server_ns() - server) / 1e6

    def _server_ns(self) -> int:
        """Nanoseconds the server's processes have run (Linux: first field of schedstat)."""
        return sum(int(path.read_text(encoding="ascii").split()[0]) for path in self._schedules)


def pace() -> float:
    """Give the CPU milliseconds of a loop that does nothing, a million times: the machine as it is just now."""
    began = time.process_time_ns()
    for _ in range(1_000_000):
        pass
    return (time.process_time_ns() - began) / 1e6
