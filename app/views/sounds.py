"""Two clearly different sounds for right and wrong, and a third for done: heard across the warehouse.

The sounds are made here as WAV files and played by what the system has for it (``winsound``, ``afplay``,
``pw-play``, ``paplay``, ``aplay``); where there is nothing, the system's beep tells them apart by number.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import wave
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QProcess, QTimer, Signal
from PySide6.QtWidgets import QApplication

if sys.platform == "win32":
    import winsound


class Sound(StrEnum):
    """What is to be heard."""

    RIGHT = "right"
    WRONG = "wrong"
    DONE = "done"


RATE: Final = 22_050  # samples a second
LOUD: Final = 11_000
BEEP_GAP_MS: Final = 170
_NOTES: Final = {  # (tone in hertz, milliseconds), one after the other
    Sound.RIGHT: ((1_480, 80),),
    Sound.WRONG: ((196, 170), (0, 50), (165, 320)),
    Sound.DONE: ((988, 90), (1_319, 90), (1_760, 150)),
}
_BEEPS: Final = {Sound.RIGHT: 1, Sound.WRONG: 3, Sound.DONE: 2}


class Sounds(QObject):
    """Plays sounds without ever holding the window up; ``played`` tells which."""

    played = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player = _player()
        self._left = 0
        self._timer = QTimer(self, interval=BEEP_GAP_MS)
        self._timer.timeout.connect(self._beep)

    def play(self, sound: Sound) -> None:
        """Play a sound; a new one ends the beeps of the last."""
        self.played.emit(str(sound))
        if sys.platform == "win32":
            winsound.PlaySound(str(_file(sound)), winsound.SND_FILENAME | winsound.SND_ASYNC)
        elif not (self._player and QProcess.startDetached(self._player, [str(_file(sound))])):
            self._left = _BEEPS[sound]
            self._beep()
            self._timer.start()

    def _beep(self) -> None:
        if self._left <= 0:
            self._timer.stop()
            return
        self._left -= 1
        QApplication.beep()


@cache
def _player() -> str:
    names = ("afplay",) if sys.platform == "darwin" else ("pw-play", "paplay", "aplay")
    return next((path for name in names if (path := shutil.which(name))), "")


@cache
def _file(sound: Sound) -> Path:
    """Write a sound once for this run of the program."""
    path = Path(tempfile.mkdtemp(prefix="waybill-sound-")) / f"{sound}.wav"
    path.write_bytes(b"")
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(b"".join(_tone(hertz, milliseconds) for hertz, milliseconds in _NOTES[sound]))
    return path


def _tone(hertz: int, milliseconds: int) -> bytes:
    """Give a triangle wave that fades in and out over its first and last tenth; 0 hertz is silence."""
    count = RATE * milliseconds // 1000
    edge, out = max(count // 10, 1), bytearray()
    for number in range(count):
        phase = number * hertz * 4 * LOUD // RATE % (4 * LOUD) if hertz else LOUD
        height = phase - LOUD if phase < 2 * LOUD else 3 * LOUD - phase
        height = height * min(number, count - number, edge) // edge if hertz else 0
        out += height.to_bytes(2, "little", signed=True)
    return bytes(out)
