"""A label printer made of software: draws ZPL as pictures, and reads a label back as the commands a printer sees.

The drawing is done by zpl-renderer-js, a tool for tests only that runs on Node.  Where Node or npm is missing, or npm
cannot bring the package, what needs it is skipped with a message.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

PACKAGE = "zpl-renderer-js@3.4.0"
FOLDER = Path(__file__).parents[3] / "build" / "label-printer"
SCRIPT = """
const { ready } = require("zpl-renderer-js");
const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
ready.then(async ({ api }) => {
  const drawn = await api.zplToBase64MultipleAsync(asked.zpl, asked.width, asked.height, asked.dots);
  process.stdout.write(JSON.stringify(drawn));
  process.exit(0);
});
"""


@cache
def renderer() -> str:
    """Why labels cannot be drawn here; empty when they can."""
    if not shutil.which("node"):
        return "Node is not installed: labels cannot be drawn"
    if (FOLDER / "node_modules" / "zpl-renderer-js").is_dir():
        return ""
    if not shutil.which("npm"):
        return "npm is not installed: the label printer of the tests cannot be fetched"
    FOLDER.mkdir(parents=True, exist_ok=True)
    asked = ["npm", "install", "--prefix", str(FOLDER), "--no-audit", "--no-fund", PACKAGE]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        return "npm did not answer: the label printer of the tests cannot be fetched"
    return f"npm could not bring {PACKAGE}: {done.stderr[-200:]}" if done.returncode else ""


def printed(zpl: bytes, width: int, height: int, dpi: int) -> list[Image.Image]:
    """Every label as the printer prints it; ``width`` and ``height`` in millimetres."""
    missing = renderer()
    if missing:
        pytest.skip(missing)
    asked = {"zpl": zpl.decode("ascii"), "width": width, "height": height, "dots": 8 if dpi == 203 else 12}
    answer = subprocess.run(
        ["node", "-e", SCRIPT],
        input=json.dumps(asked),
        cwd=FOLDER,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return [Image.open(BytesIO(base64.b64decode(each))).convert("L") for each in json.loads(answer.stdout)]


def scanned(image: Image.Image) -> dict[str, str]:
    """What a scanner reads from a label: text by symbology identifier."""
    return {each.symbology_identifier: each.text for each in zxingcpp.read_barcodes(image)}


def commands(zpl: bytes) -> list[str]:
    """The commands a printer sees, in order: the two letters behind each ``^``, with ``~`` ones as they are."""
    found = re.findall(r"\^([A-Z@][A-Z0-9@]?)|(~[A-Z]{2})", zpl.decode("ascii"))
    return [caret or tilde for caret, tilde in found]


def texts(zpl: bytes) -> list[str]:
    """The data of every field written in hex, as the printer decodes it."""
    fields = re.findall(r"\^FH\^FD(.*?)\^FS", zpl.decode("ascii"), re.DOTALL)
    return [_decoded(field) for field in fields]


def _decoded(field: str) -> str:
    raw = re.sub(rb"_([0-9A-F]{2})", lambda found: bytes([int(found.group(1), 16)]), field.encode("ascii"))
    return raw.decode("utf-8")
