"""From a carrier's account in the books to the connector that speaks to it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.errors import Invalid
from app.services.carriers import KARRIO, Account
from app.services.integrations.carriers.karrio import KarrioCarrier, KarrioProcess
from app.services.integrations.carriers.own import ManualCarrier, TableRateCarrier
from app.services.integrations.carriers.port import Carrier

Secrets = Callable[[Account], Mapping[str, str]]

VARIABLE: Final = "WAYBILL_CARRIER_"


def secrets_of_environment(account: Account) -> Mapping[str, str]:
    """Read an account's secrets from the environment: ``WAYBILL_CARRIER_SENDLE`` as JSON for karrio:sendle.

    Raises:
        Invalid: the variable holds no JSON object.

    """
    name = VARIABLE + account.connector.removeprefix(KARRIO).upper()
    written = os.environ.get(name, "{}")
    try:
        found = json.loads(written)
    except ValueError as error:
        raise Invalid("secrets", f"{name} holds no JSON. Write the account's secrets as one object.") from error
    if not isinstance(found, dict):
        raise Invalid("secrets", f"{name} holds no object. Write the account's secrets as one.")
    return {str(key): str(value) for key, value in found.items()}


@dataclass(frozen=True)
class Registry:
    """Gives the connector of an account; one process serves all that use karrio."""

    secrets: Secrets = secrets_of_environment
    process: KarrioProcess = field(default_factory=KarrioProcess)

    def connect(self, account: Account) -> Carrier:
        """Give the connector of an account.

        Raises Invalid where there is none of that name.
        """
        if account.connector == "manual":
            return ManualCarrier()
        if account.connector == "table":
            return TableRateCarrier()
        if not account.connector.startswith(KARRIO):
            raise Invalid("connector", f"There is no connector {account.connector}. Choose another in the settings.")
        settings: dict[str, Any] = dict(account.settings)
        server, seconds = str(settings.pop("server", "")), int(settings.pop("seconds", 20))
        name = account.connector.removeprefix(KARRIO)
        return KarrioCarrier(self.process, name, {**settings, **self.secrets(account)}, server=server, seconds=seconds)

    def close(self) -> None:
        """End the process of karrio, if it runs."""
        self.process.close()
