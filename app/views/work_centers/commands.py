"""What can be done with work centers and calendars, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

OPEN: Final = Command(
    "work_centers.open",
    "Work centers and calendars",
    "Set up work centers, their minutes a day, and working calendars.",
    "",
    "factory",
    opens=True,
)
CENTER: Final = Command(
    "work_center.add", "Add a work center", "Add machines or people that do steps of a route.", "Ctrl+N", "plus"
)
CHANGE: Final = Command(
    "work_center.change", "Change", "Change the highlighted work center.", "F2", "pencil", needs_selection=True
)
DROP: Final = Command(
    "work_center.drop",
    "Out of use",
    "Plan no more work at the highlighted work center.",
    "Ctrl+Shift+Del",
    "ban",
    needs_selection=True,
)
CALENDAR: Final = Command("calendar.add", "Add a calendar", "Say on which days there is work.", "", "plus")
WEEK: Final = Command("calendar.change", "Change the week", "Name and week of the highlighted calendar.", "", "pencil")
OURS: Final = Command(
    "calendar.use", "We work by it", "Use the highlighted calendar wherever nothing else is said.", "", "check"
)
DAY: Final = Command(
    "calendar.set_day", "Set a day", "Make a day a free one, or a working day, e.g. a holiday.", "Ctrl+D", "calendar"
)

COMMANDS: Final = (OPEN, CENTER, CHANGE, DROP, CALENDAR, WEEK, OURS, DAY)
