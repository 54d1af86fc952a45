"""Which connector an account gets, and where its secrets come from."""

from __future__ import annotations

import pytest

from app.errors import Invalid
from app.models.base import new_id
from app.services.carriers import Account
from app.services.integrations.carriers.karrio import KarrioCarrier
from app.services.integrations.carriers.own import ManualCarrier, TableRateCarrier
from app.services.integrations.carriers.port import Label, LabelRequest, NotOffered, Place, Refused
from app.services.integrations.carriers.registry import Registry, secrets_of_environment

SOMEWHERE = Place("Delta", ("Dock 4",), "3115 HC", "Schiedam", "", "NL")
ASKED = LabelRequest("key", "P", SOMEWHERE, SOMEWHERE, 1_000, sscc="340123450000000185")


def account(connector, **settings):
    return Account(new_id(), "Meridian", connector, settings)


def test_each_connector_is_found_by_name():
    registry = Registry()
    assert type(registry.connect(account("manual"))) is ManualCarrier
    assert type(registry.connect(account("table"))) is TableRateCarrier
    assert isinstance(registry.connect(account("karrio:sendle", sendle_id="x", seconds=5)), KarrioCarrier)
    with pytest.raises(Invalid):
        registry.connect(account("pigeon"))
    registry.close()


def test_secrets_come_from_the_environment_and_never_from_the_books(monkeypatch):
    sendle = account("karrio:sendle")
    assert secrets_of_environment(sendle) == {}
    monkeypatch.setenv("WAYBILL_CARRIER_SENDLE", '{"api_key": "s3cret"}')
    assert secrets_of_environment(sendle) == {"api_key": "s3cret"}
    for wrong in ("api_key=s3cret", '["s3cret"]'):
        monkeypatch.setenv("WAYBILL_CARRIER_SENDLE", wrong)
        with pytest.raises(Invalid) as refusal:
            secrets_of_environment(sendle)
        assert "s3cret" not in str(refusal.value)


def test_our_own_label_carries_the_packages_sscc_and_can_be_asked_for_again():
    carrier = TableRateCarrier()
    assert carrier.buy(ASKED) == carrier.find(ASKED) == Label("340123450000000185", "key")
    carrier.void(carrier.buy(ASKED))
    with pytest.raises(Refused):
        carrier.buy(LabelRequest("key", "P", SOMEWHERE, SOMEWHERE, 1_000))


@pytest.mark.parametrize("ask", ["buy", "find"])
def test_where_a_person_buys_the_label_nothing_is_bought_here(ask):
    with pytest.raises(NotOffered, match="tracking number"):
        getattr(ManualCarrier(), ask)(ASKED)
