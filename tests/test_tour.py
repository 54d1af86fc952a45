"""The tour is the main job as a program: it must go through, leave its pictures and papers, and sound books."""

from __future__ import annotations

from pypdf import PdfReader
from PySide6.QtGui import QImage

from app import tour

SCREENS = {"quotes", "orders", "customers", "products", "inventory", "picking", "shipments", "invoices", "payments"}


SUPPLIED = {"order_sourced", "purchase_draft", "purchase_confirmed", "work_order_released", "return_replaced"}


def test_the_whole_sale_goes_through_the_window(qapp, tmp_path):
    summary = tour.take(tmp_path)

    assert summary.damages == 0
    assert sum("is closed: shipped, invoiced and paid" in step for step in summary.steps) == 4
    assert any(step.startswith("It is replaced.") for step in summary.steps)
    assert set(summary.pictures) >= SUPPLIED
    assert {
        "order.pdf",
        "quote.pdf",
        "pick.pdf",
        "delivery_note.pdf",
        "packing_slip.pdf",
        "label.pdf",
        "invoice.pdf",
    } <= {path.name for path in tmp_path.glob("*.pdf")}
    for look in ("light", "dark"):
        assert {f"{name}_{look}" for name in SCREENS} <= set(summary.pictures)
    for path in tmp_path.glob("*.png"):
        assert not QImage(str(path)).isNull(), path.name
    for path in tmp_path.glob("*.pdf"):
        assert PdfReader(path).pages[0].extract_text().strip(), path.name
    page = summary.page()
    assert "The sale:" in page
    assert f"Pictures: {len(summary.pictures)}" in page
