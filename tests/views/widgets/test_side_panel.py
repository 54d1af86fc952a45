"""The detail panel: what it shows fits beside its scroll bar."""

from __future__ import annotations

from app.views.tokens import Size
from app.views.widgets.side_panel import RECORD_PANEL, Section, SidePanel
from app.views.widgets.timeline import Entry, Timeline


def test_a_long_history_leaves_room_for_its_times(qtbot, theme):
    panel = SidePanel(RECORD_PANEL)
    qtbot.addWidget(panel)
    section, timeline = Section("Activity"), Timeline()
    section.body.addWidget(timeline)
    panel.add(section)
    entries = [
        Entry("receipt", f"Payment of {n},770.03 EUR received at the counter", "ann", "20:32") for n in range(20)
    ]
    timeline.set_entries(entries)
    panel.resize(RECORD_PANEL, Size.TABLE_HEADER * 12)
    panel.show()
    qtbot.waitExposed(panel)
    viewport = panel._scroll.viewport()
    qtbot.waitUntil(panel._scroll.verticalScrollBar().isVisible)
    assert panel._scroll.widget().width() == viewport.width()
