"""The triggers that keep every write on its one path.

Two kinds: *the gate* refuses a write that does not come through the write gateway, on every table;
*insert-only* refuses to change or delete a row of a ledger.  On SQLite the gate is a function that
only Waybill's own connections register, so another program gets "no such function".  On PostgreSQL
it is a transaction-local setting; grants per role stand behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

GATE: Final = "waybill_gate"
GATE_SETTING: Final = "waybill.gate"

LOG_CHAINED: Final = (
    "id",
    "site",
    "incarnation",
    "sequence",
    "command",
    "by",
    "at",
    "schema_version",
    "payload_hash",
    "previous_hash",
    "hash",
    "result",
)
"""Columns of the command log that never change; the payload may be erased, the hub's order is added."""


def statements(dialect: str, tables: dict[str, str]) -> Iterator[str]:
    """Yield the DDL that guards ``tables`` (name -> data class) on ``dialect``."""
    if dialect == "postgresql":
        yield from _postgresql(tables)
    else:
        yield from _sqlite(tables)


def _sqlite(tables: dict[str, str]) -> Iterator[str]:
    for name, data_class in tables.items():
        for action in ("insert", "update", "delete"):
            yield (
                f"CREATE TRIGGER gate_{action}_{name} BEFORE {action} ON {name} WHEN {GATE}() = 0 "
                f"BEGIN SELECT RAISE(ABORT, 'writes go through the gateway: {name}'); END"
            )
        if data_class != "ledger":
            continue
        columns = " OF " + ", ".join(f'"{column}"' for column in LOG_CHAINED) if name == "command_log" else ""
        yield (
            f"CREATE TRIGGER ledger_update_{name} BEFORE UPDATE{columns} ON {name} "
            f"BEGIN SELECT RAISE(ABORT, 'rows are only added: {name}'); END"
        )
        yield (
            f"CREATE TRIGGER ledger_delete_{name} BEFORE DELETE ON {name} "
            f"BEGIN SELECT RAISE(ABORT, 'rows are only added: {name}'); END"
        )


def _postgresql(tables: dict[str, str]) -> Iterator[str]:
    yield (
        f"CREATE OR REPLACE FUNCTION {GATE}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF current_setting('{GATE_SETTING}', true) IS DISTINCT FROM 'open' THEN "
        "RAISE EXCEPTION 'writes go through the gateway: %', TG_TABLE_NAME; END IF; RETURN NULL; END $$"
    )
    yield (
        "CREATE OR REPLACE FUNCTION waybill_insert_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'rows are only added: %', TG_TABLE_NAME; END $$"
    )
    for name, data_class in tables.items():
        yield (
            f"CREATE TRIGGER gate_{name} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {name} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {GATE}()"
        )
        if data_class != "ledger":
            continue
        columns = " OF " + ", ".join(f'"{column}"' for column in LOG_CHAINED) if name == "command_log" else ""
        yield (
            f"CREATE TRIGGER ledger_{name} BEFORE UPDATE{columns} OR DELETE ON {name} "
            "FOR EACH STATEMENT EXECUTE FUNCTION waybill_insert_only()"
        )
        yield (
            f"CREATE TRIGGER ledger_truncate_{name} BEFORE TRUNCATE ON {name} "
            "FOR EACH STATEMENT EXECUTE FUNCTION waybill_insert_only()"
        )
