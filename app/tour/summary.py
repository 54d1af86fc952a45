"""What a tour did, for its last page."""

from __future__ import annotations

from dataclasses import dataclass, field


class TourFailed(Exception):
    """The window did not do what the tour waited for; the text says what."""


@dataclass
class Summary:
    """What the tour did, for its last page."""

    pictures: list[str] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    orders: int = 0
    damages: int = 0
    seconds: float = 0.0

    def page(self) -> str:
        """Write the summary."""
        books = "clean" if not self.damages else f"{self.damages} damaged rows, see the report above"
        return "\n".join(
            [
                "Waybill tour",
                "============",
                f"Sample company with {self.orders:,} orders.",
                "",
                "The sale:",
                *(f"  {number:2}. {step}" for number, step in enumerate(self.steps, 1)),
                "",
                f"Pictures: {len(self.pictures)}",
                f"Papers:   {', '.join(self.papers)}",
                f"Books:    {books}",
                f"Time:     {self.seconds:.0f} s",
            ]
        )
