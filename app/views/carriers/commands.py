"""What can be done with carriers and freight, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

OPEN: Final = Command(
    "carriers.open",
    "Carriers and freight",
    "Set up carriers, rates, rules and freight tables.",
    "",
    "truck",
    opens=True,
)
CARRIER: Final = Command("carrier.add", "Add a carrier", "Add a carrier and how its labels are got.", "Ctrl+N", "plus")
SERVICE: Final = Command("carrier.add_service", "Add a service", "Add a service of a carrier.", "", "plus")
RATES: Final = Command(
    "carrier.rates", "Rates", "Zones and rates of the highlighted service.", "F2", "pencil", needs_selection=True
)
RULE: Final = Command("carrier.add_rule", "Add a rule", "Say when which service is taken.", "", "plus")
DROP_RULE: Final = Command("carrier.drop_rule", "Remove", "Take the highlighted rule out of use.", "", "trash-2")
FREIGHT: Final = Command(
    "freight.add_table", "Add a freight table", "What customers are charged by weight.", "", "plus"
)

COMMANDS: Final = (OPEN, CARRIER, SERVICE, RATES, RULE, DROP_RULE, FREIGHT)
