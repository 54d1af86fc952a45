"""The books' self-check: every rule that must hold, asked of the stored rows; and derived figures rebuilt.

``check`` reads everything once and changes nothing.  ``rebuild`` computes what is derived (levels, counts of
order lines, open amounts, states) anew from the ledgers.
"""

from app.services.integrity.checking import check, report
from app.services.integrity.damage import Damage, Rule
from app.services.integrity.rebuilding import Rebuilt, rebuild

__all__ = ["Damage", "Rebuilt", "Rule", "check", "rebuild", "report"]
