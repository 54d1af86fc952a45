"""Whatever clerks do in whatever order: the books agree with plain ones, and every rule of the self-check holds."""

from __future__ import annotations

import os

import pytest

from tests.machines.order_to_cash import drive


# Fewer lives on a server, where each takes five times as long.
@pytest.mark.parametrize(("kind", "examples"), [("sqlite", 12), ("postgresql", 3)])
def test_order_to_cash(request, kind, examples):
    examples = int(os.environ.get("WAYBILL_MACHINE_EXAMPLES", examples))
    drive(request.getfixturevalue(f"{kind}_databases"), examples=examples, steps=50)
