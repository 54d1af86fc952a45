"""``waybill COMMAND``: the same services as the window, for scripts and administrators.  No Qt is loaded.

Exit codes: 0 done, 1 something is wrong (damaged books, rejected rows), 2 the command could not be done.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from app import __version__
from app.errors import UserError
from app.services import (
    companies,
    day_begin,
    demo,
    einvoices,
    figures_report,
    imports,
    integrity,
    migration,
    opening,
    orders,
    shipment_notices,
    ubl_orders,
)
from app.services.companies import Founding
from app.services.database import Database
from app.services.einvoices import Form
from app.services.figures_report import Often
from app.services.progress import Cancelled
from app.settings import FILE_ENDING, KnownCompany, free_company_path, known_companies, person, remember_company


def run(arguments: Sequence[str]) -> int:
    """Run one command line (without the program's name) and return its exit code."""
    parser = _parser()
    chosen = parser.parse_args(list(arguments))
    if not hasattr(chosen, "run"):
        parser.print_help()
        return 2
    try:
        code: int = chosen.run(chosen)
    except UserError as error:
        print(str(error), file=sys.stderr)
        return 2
    except (Cancelled, KeyboardInterrupt):
        print("Stopped. Nothing half done was kept.", file=sys.stderr)
        return 2
    return code


class Console:
    """Progress on the console: one line that is written over; silent when nobody watches."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._last = -1

    def step(self, done: int, total: int, text: str = "") -> None:
        """Write the share done, at most once a percent."""
        percent = done * 100 // total if total else 0
        if self._shown and percent != self._last:
            self._last = percent
            print(f"\r{percent:3} % {text:60.60}", end="\n" if done == total else "", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="waybill", description="Sales orders from quote to cash.")
    parser.add_argument("--version", action="version", version=f"Waybill {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    _add(commands, "window", "open the window (the default)", _in_window)
    tour = _add(
        commands, "tour", "sell something from quote to cash in the window and save pictures and papers", _in_window
    )
    tour.add_argument("--out", type=Path, required=True, help="folder for the pictures and PDFs")

    new = _add(commands, "new", "found an empty company", _new)
    new.add_argument("name")
    new.add_argument("--country", default="NL", help="two letters, ISO 3166")
    new.add_argument("--currency", default="EUR", help="three letters, ISO 4217")
    new.add_argument(
        "--out", type=str, help=f"file (default: NAME{FILE_ENDING} in your data folder) or database address"
    )

    sample = _add(commands, "demo", "make the sample company", _demo)
    sample.add_argument("--size", choices=("S", "M", "L"), default="S")
    sample.add_argument("--out", type=str, required=True, help="file or database address of the new company")

    check = _add(commands, "check", "check the books: chain, ledgers, stock, numbers, totals", _check)
    _company(check)

    begin = _add(commands, "day", "do what a day begins with: block expired lots, charge what did not come back", _day)
    _company(begin)

    bring = _add(commands, "import", "bring in customers, products, orders or stock from files", _import)
    bring.add_argument("what", help="customers, products, orders, stock or prices; with --profile a file or folder")
    bring.add_argument("file", nargs="?", type=Path, help="CSV or XLSX file")
    bring.add_argument("--lines", type=Path, help="second file with the lines of orders")
    bring.add_argument("--profile", help="name or file of a saved mapping, e.g. northwind")
    bring.add_argument("--dry-run", action="store_true", help="only say what would happen")
    bring.add_argument("--good-rows", action="store_true", help="take the good rows even when others are rejected")
    bring.add_argument("--rejected", type=Path, help="write rejected rows with their reasons to this CSV file")
    _company(bring)

    done = _add(commands, "imports", "list the imports that were done, or undo one", None)
    done_commands = done.add_subparsers(title="commands", metavar="COMMAND", required=True)
    listed = _add(done_commands, "list", "list them, the last one first", _imports)
    undone = _add(done_commands, "undo", "take back what an import wrote and nobody changed or used since", _undo)
    undone.add_argument("which", help="its name in the list, or last")
    undone.add_argument("--partly", action="store_true", help="take back what can be, even when records must stay")
    undone.add_argument("--dry-run", action="store_true", help="only say what would happen")
    for one in (listed, undone):
        _company(one)

    database = _add(commands, "db", "look after a database", None)
    database_commands = database.add_subparsers(title="commands", metavar="COMMAND", required=True)
    upgrade = _add(database_commands, "upgrade", "bring the schema up to date, on a copy first", _upgrade)
    _company(upgrade)

    _add_orders(commands)
    _add_report(commands)
    return parser


def _add_report(commands: Any) -> None:
    figures = _add(
        commands, "report", "save the figures of the last week or month as PDF, e.g. by a scheduler", _report
    )
    figures.add_argument("--period", choices=[str(one) for one in Often], default=str(Often.MONTHLY))
    figures.add_argument("--out", type=Path, required=True, help="folder for the PDF")
    _company(figures)


def _add_orders(commands: Any) -> None:
    electronic = _add(commands, "einvoice", "make the e-invoice of a posted invoice and check it", _einvoice)
    electronic.add_argument("number", help="e.g. INV-00042 or CN-00007")
    electronic.add_argument("--form", choices=[str(one) for one in Form if one], help="default: the customer's")
    electronic.add_argument("--out", type=Path, help="write it to this file or folder, and keep it in the books")
    electronic.add_argument("--rules", type=Path, help="folder with further rule sets (.xsl, .xslt)")
    _company(electronic)

    told = _add(commands, "notice", "write the advance shipment notice of a packed or shipped shipment", _notice)
    told.add_argument("number", help="e.g. SH-00042")
    told.add_argument("--form", choices=tuple(_NOTICES), default="json", help="default: json")
    told.add_argument("--out", type=Path, help="write it to this file (default: the console)")
    _company(told)

    order = _add(commands, "order", "take one step with a sales order", None)
    order_commands = order.add_subparsers(title="steps", metavar="STEP", required=True)
    for step, help_text in (("show", "say how far it is"), ("confirm", "confirm it"), ("cancel", "cancel it")):
        one = _add(order_commands, step, help_text, _order)
        one.add_argument("number", help="e.g. SO-00042")
        one.set_defaults(step=step)
        _company(one)
    received = _add(order_commands, "receive", "write a draft of an order received as a UBL file", _receive)
    received.add_argument("file", type=Path, help="the customer's order, XML")
    _company(received)


def _add(commands: Any, name: str, help_text: str, run_command: Callable[[Any], int] | None) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=help_text, description=help_text.capitalize() + "."
    )
    if run_command is not None:
        parser.set_defaults(run=run_command)
    return parser


def _company(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--company", help="file or database address (default: the one opened last)")


def _open(chosen: Any) -> Database:
    if chosen.company:
        return opening.open_company(chosen.company)
    known = known_companies()
    if not known:
        raise UserError("No company was opened here before. Name one with --company.")
    return opening.open_company(known[0].url)


def _now() -> datetime:
    return datetime.now(UTC)


def _by() -> str:
    return person()


def _in_window(_: Any) -> int:
    raise UserError("This command needs the window: run `waybill window` or `waybill tour` by itself.")


def _new(chosen: Any) -> int:
    founding = Founding(chosen.name, chosen.country.upper(), chosen.currency.upper())
    where = chosen.out or free_company_path(chosen.name)
    database = opening.found_company(where, founding, by=_by(), at=_now())
    database.close()
    remember_company(KnownCompany(chosen.name, database.url))
    print(f"{chosen.name} is founded: {where}")
    return 0


def _demo(chosen: Any) -> int:
    migrated = opening.address(chosen.out)
    if migrated.startswith("sqlite:///") and Path(migrated.removeprefix("sqlite:///")).exists():
        raise UserError(f"There is a file {chosen.out} already. Choose another name; nothing was changed.")
    migration.upgrade(migrated)
    database = Database(migrated)
    demo.build(database, chosen.size, today=_now().date(), by=_by(), progress=Console())
    database.close()
    print(f"The sample company is ready: {chosen.out}")
    return 0


def _check(chosen: Any) -> int:
    database = _open(chosen)
    console = Console()
    damages = database.read(lambda connection: integrity.check(connection, console))
    name = database.read(companies.get).name
    database.close()
    print(integrity.report(damages, name))
    return 1 if damages else 0


def _day(chosen: Any) -> int:
    database = _open(chosen)
    at, refused = _now(), 0
    try:
        for duty, steps in database.read(lambda connection: day_begin.due(connection, at.date())):
            count = 0
            for step in steps:
                try:
                    count += database.run(duty.command, step, by=_by(), at=at).value
                except UserError as error:  # the others are done all the same
                    print(str(error), file=sys.stderr)
                    refused += 1
            print(f"{duty.title}: {count}")
    finally:
        database.close()
    print("The day has begun.")
    return 1 if refused else 0


def _report(chosen: Any) -> int:
    database = _open(chosen)
    try:
        path = figures_report.save(database, Often(chosen.period), chosen.out, _now().astimezone(), Console())
    finally:
        database.close()
    print(f"Written: {path}")
    return 0


def _import(chosen: Any) -> int:
    database = _open(chosen)
    try:
        return imports.run_command(database, chosen, by=_by(), at=_now(), progress=Console(), tell=print)
    finally:
        database.close()


def _imports(chosen: Any) -> int:
    database = _open(chosen)
    try:
        return imports.list_imports(database, tell=print)
    finally:
        database.close()


def _undo(chosen: Any) -> int:
    database = _open(chosen)
    try:
        return imports.undo_import(database, chosen, by=_by(), at=_now(), tell=print)
    finally:
        database.close()


def _upgrade(chosen: Any) -> int:
    if not chosen.company:
        raise UserError("Name the company's file or database address with --company.")
    kept = migration.upgrade(opening.address(chosen.company))
    print("The schema is up to date." + (f" The file as it was is kept: {kept}" if kept else ""))
    return 0


def _einvoice(chosen: Any) -> int:
    database = _open(chosen)
    try:
        invoice_id = database.read(lambda connection: einvoices.find(connection, chosen.number))
        form = Form(chosen.form) if chosen.form else None
        made = database.read(lambda connection: einvoices.make(connection, invoice_id, form, rules=chosen.rules))
        for one in made.findings:
            print(f"{'refused' if one.fatal else 'warning'} {one.rule} ({one.place} {one.field}): {one.text}")
        asked = ", ".join(made.checked_with) or "our own rules only; see requirements/einvoice.in for the official ones"
        print(f"{chosen.number} as {made.form}: {'passed' if made.passed else 'not passed'} ({asked})")
        if made.passed and chosen.out:
            file = database.read(lambda c: einvoices.file_of(c, invoice_id, made.form, made.document))
            path = chosen.out / made.file_name if chosen.out.is_dir() else chosen.out
            path.write_bytes(file)
            database.run("einvoice.send", lambda tx: einvoices.send(tx, invoice_id, made), by=_by(), at=_now())
            print(f"Written: {path}")
    finally:
        database.close()
    return 0 if made.passed else 1


def _receive(chosen: Any) -> int:
    try:
        received = ubl_orders.read(chosen.file.read_bytes())
    except OSError as error:
        raise UserError(f"{chosen.file} could not be read: {error.strerror}.") from error
    database = _open(chosen)
    try:
        order_id = database.run("order.receive", lambda tx: ubl_orders.take(tx, received), by=_by(), at=_now()).value
        head = database.read(lambda connection: orders.get(connection, order_id))
        print(f"{head.number} is drafted: {head.customer_name}, PO {head.customer_po}, {head.total:f} {head.currency}")
    finally:
        database.close()
    return 0


_NOTICES: Final = {"json": shipment_notices.as_json, "csv": shipment_notices.as_csv}


def _notice(chosen: Any) -> int:
    database = _open(chosen)
    try:
        shipment_id = database.read(lambda connection: shipment_notices.find(connection, chosen.number))
        text = database.read(lambda connection: _NOTICES[chosen.form](connection, shipment_id))
    finally:
        database.close()
    if chosen.out:
        chosen.out.write_text(text, encoding="utf-8", newline="")
        print(f"Written: {chosen.out}")
    else:
        print(text, end="")
    return 0


def _order(chosen: Any) -> int:
    database = _open(chosen)
    try:
        found = database.read(lambda connection: orders.find(connection, chosen.number, 2))
        exact = [one for one in found if one[1] == chosen.number]
        if not exact:
            raise UserError(f"There is no order {chosen.number} in this company.")
        order_id = exact[0][0]
        steps = {"confirm": orders.confirm, "cancel": orders.cancel}
        if chosen.step in steps:
            step = steps[chosen.step]
            database.run(f"order.{chosen.step}", lambda tx: step(tx, order_id), by=_by(), at=_now())
        head = database.read(lambda connection: orders.get(connection, order_id))
        print(
            f"{head.number} {head.customer_name}: {head.state}, goods {head.delivery_state}, money {head.billing_state}"
        )
        print(f"Total {head.total:f} {head.currency}, invoiced {head.invoiced_total:f}, paid {head.paid_total:f}")
    finally:
        database.close()
    return 0
