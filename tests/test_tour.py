"""The tour is the main job as a program: it must go through, leave its pictures and papers, and sound books."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from pypdf import PdfReader
from PySide6.QtGui import QImage

ROOT = Path(__file__).parents[1]
SCREENS = {
    "quotes",
    "orders",
    "customers",
    "products",
    "inventory",
    "picking",
    "shipments",
    "invoices",
    "payments",
    "demand",
}
DASHBOARDS = {f"dashboard_{name}" for name in ("sales", "operations", "receivables", "inventory")}
SUPPLIED = {"order_sourced", "purchase_draft", "purchase_confirmed", "work_order_released", "return_replaced"}
PAPERS = {
    "order.pdf",
    "quote.pdf",
    "pick.pdf",
    "delivery_note.pdf",
    "packing_slip.pdf",
    "label.pdf",
    "invoice.pdf",
}


def test_the_whole_sale_goes_through_the_window(tmp_path):
    """In a process of its own, as its user takes it: its window and company are gone when it ends."""
    words = [sys.executable, "-m", "app", "tour", "--out", str(tmp_path)]
    done = subprocess.run(
        words,
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=900,
        check=False,
    )

    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr[-2000:] + done.stdout[-2000:]
    page = done.stdout
    assert "Books:    clean" in page
    assert page.count("is closed: shipped, invoiced and paid") == 4
    assert "It is replaced." in page
    pictures = {path.stem for path in tmp_path.glob("*.png")}
    assert f"Pictures: {len(pictures)}" in page
    assert pictures >= SUPPLIED | {f"{name}_{look}" for name in SCREENS | DASHBOARDS for look in ("light", "dark")}
    for path in tmp_path.glob("*.png"):
        assert not QImage(str(path)).isNull(), path.name
    papers = {path.name for path in tmp_path.glob("*.pdf")}
    assert papers >= PAPERS
    for name in papers:
        assert PdfReader(tmp_path / name).pages[0].extract_text().strip(), name
