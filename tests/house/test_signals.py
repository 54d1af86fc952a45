"""The version of Qt's binding that is installed survives many signals.

PySide6 6.12 on Python 3.11 gives back ``True`` from every ``emit`` without taking a reference and aborts after about
500 of them.  The requirements keep Python 3.11 on 6.11; this test notices when they no longer do.
"""

from __future__ import annotations

import subprocess
import sys

EMITS = """
from PySide6.QtCore import QCoreApplication, QObject, Signal

class Bell(QObject):
    rung = Signal(bool)

heard = 0
def hear(loud):
    global heard
    heard += loud

application, bell = QCoreApplication([]), Bell()
bell.rung.connect(hear)
for _ in range(2000):
    bell.rung.emit(True)
print(heard)
"""


def test_two_thousand_signals_arrive():
    result = subprocess.run([sys.executable, "-c", EMITS], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout.strip()) == (0, "2000"), result.stderr[-500:]
