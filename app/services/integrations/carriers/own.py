"""Carriers without a system to talk to: our own label with our own number, or a number typed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.services.integrations.carriers.port import (
    Capabilities,
    Label,
    LabelRequest,
    Manifest,
    NotOffered,
    Quote,
    Refused,
    Tracking,
)


class TableRateCarrier:
    """A carrier that takes packages with our label and works by the SSCC on it, as forwarders do.

    What it costs is in our rate tables (:mod:`app.services.carrier_choice`).
    """

    can = Capabilities(find=True, void=True, manifest=True, own_label=True)

    def rates(self, request: LabelRequest) -> Sequence[Quote]:
        """Say that its prices are in the rate tables.

        Raises NotOffered.
        """
        raise NotOffered("This carrier's prices are in its rate tables.")

    def buy(self, request: LabelRequest) -> Label:
        """Give the label: its tracking number is the package's SSCC.

        Raises Refused where the package has none.
        """
        if not request.sscc:
            raise Refused("The package has no SSCC. Pack it again, then make its label.")
        return Label(request.sscc, request.key)

    def find(self, request: LabelRequest) -> Label | None:
        """Give the same label again: nobody else has to be asked."""
        return self.buy(request)

    def void(self, label: Label) -> None:
        """Forget the label: the carrier learns of packages when it gets them."""

    def again(self, label: Label) -> Label:
        """Give it again: it is drawn by us."""
        return label

    def track(self, tracking_number: str) -> Tracking:
        """Say that events are typed by hand.

        Raises NotOffered.
        """
        raise NotOffered("This carrier reports no events. Note them by hand.")

    def manifest(self, labels: Sequence[Label], on: date) -> Manifest:
        """Give no paper of the carrier: ours goes with the packages."""
        return Manifest("")


class ManualCarrier(TableRateCarrier):
    """A carrier whose label is bought elsewhere: a person types its tracking number."""

    can = Capabilities(manifest=True)

    def buy(self, request: LabelRequest) -> Label:
        """Say that a person has to buy it.

        Raises NotOffered.
        """
        raise NotOffered("This carrier's labels are bought elsewhere. Type the tracking number.")

    def find(self, request: LabelRequest) -> Label | None:
        """Say that a person has to look.

        Raises NotOffered.
        """
        raise NotOffered("This carrier's labels are bought elsewhere. Look there, then type the tracking number.")

    def void(self, label: Label) -> None:
        """Say that a person has to give it back.

        Raises NotOffered.
        """
        raise NotOffered("This carrier's labels are given back where they were bought.")
