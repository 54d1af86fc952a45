"""Writes down how it was started: the folder, the program found, UTF-8 mode and the kind of screen."""

import os
import sys
from pathlib import Path

import app

told = [str(Path.cwd()), app.__file__, str(sys.flags.utf8_mode), os.environ["QT_QPA_PLATFORM"]]
Path(sys.argv[1]).write_text("\n".join(told), encoding="utf-8")
