"""``waybill import``: one file or a profile's files from the console, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from app.errors import Invalid
from app.services.database import Database
from app.services.imports import profiles, rejected, runs, undo
from app.services.imports.checking import Check
from app.services.imports.fields import Kind
from app.services.imports.mapping import propose
from app.services.imports.plan import Effect, Mode, Plan, Request
from app.services.progress import Progress

_SHOWN: Final = 20
_KINDS: Final = {kind.value: kind for kind in (Kind.CUSTOMERS, Kind.PRODUCTS, Kind.STOCK, Kind.PRICES, Kind.ORDERS)}


@dataclass(frozen=True, slots=True)
class Command:
    """What was asked for on the console; ``tell`` says one line, ``progress`` shows how far the work is."""

    database: Database
    by: str
    at: datetime
    progress: Progress
    tell: Callable[[str], object]
    dry_run: bool
    mode: Mode
    rejected: Path | None
    of_profile: bool


def run_command(
    database: Database, chosen: Any, *, by: str, at: datetime, progress: Progress, tell: Callable[[str], object]
) -> int:
    """Run ``waybill import`` and give its exit code: 0 all imported, 1 rows were rejected.

    ``chosen`` has the words of the command line: what, file, profile, dry_run, good_rows, rejected, and
    lines, a second file with the lines of orders.

    Raises:
        Invalid: the words, the file, the profile or the mapping are not understood.
        UserError: the books refuse what is to be imported; nothing of it was kept.

    """
    mode = Mode.GOOD_ROWS if chosen.good_rows else Mode.WHOLE_FILE
    command = Command(database, by, at, progress, tell, chosen.dry_run, mode, chosen.rejected, bool(chosen.profile))
    if chosen.profile:
        if getattr(chosen, "lines", None):
            raise Invalid("lines", "A profile names the file with the lines itself. Leave --lines out.")
        return _run_profile(command, profiles.find(chosen.profile), Path(chosen.file or chosen.what))
    if chosen.what not in _KINDS:
        raise Invalid("what", f"“{chosen.what}” cannot be imported. It may be: {', '.join(_KINDS)}; or use --profile.")
    if chosen.file is None:
        raise Invalid("file", f"Name the file with the {chosen.what}.")
    request = _request(_KINDS[chosen.what], Path(chosen.file), getattr(chosen, "lines", None), progress)
    for check in request.parts:
        _tell_reading(command, check)
    planned = database.read(partial(runs.plan, request=request, progress=progress))
    return _finish(command, planned)


def list_imports(database: Database, tell: Callable[[str], object]) -> int:
    """Tell which imports were done, the last one first, with the names that ``undo_import`` takes; exit code 0."""
    found = database.read(undo.history)
    for run in found:
        left = "undone" if run.undone and not run.records else f"{run.records:,} records are its own"
        tell(f"{name_of(run)}  {run.at:%Y-%m-%d %H:%M}  {run.by}  {run.kind.value} from {run.file_name}: {left}")
    if not found:
        tell("Nothing was imported yet.")
    return 0


def undo_import(database: Database, chosen: Any, *, by: str, at: datetime, tell: Callable[[str], object]) -> int:
    """Undo one import and give the exit code: 0 all of it taken back, 1 records stay as they are.

    ``chosen`` has the words of the command line: which (the name that ``list_imports`` tells, or “last”),
    partly, dry_run.

    Raises:
        Invalid: there is no such import, or several.
        NotAllowed: records cannot be taken back and ``partly`` was not asked for; nothing was changed.

    """
    run = _chosen_run(database.read(partial(undo.history, limit=None)), chosen.which)
    if chosen.dry_run:
        look = database.read(partial(undo.outlook, run_id=run.id))
        tell(f"{run.file_name}: {look.possible:,} {run.kind.value} can be taken back, {len(look.kept):,} cannot.")
        for one in look.kept:
            tell(one.sentence())
        tell("This was a dry run: nothing was changed.")
        return 1 if look.kept else 0
    done = undo.undo(database, run.id, by=by, at=at, partly=chosen.partly)
    for sentence in done.sentences():
        tell(sentence)
    return 1 if done.kept else 0


def name_of(run: undo.Run) -> str:
    """Give the short name of an import on the console: the last eight digits of its id."""
    return run.id.hex[-8:]


def _chosen_run(found: list[undo.Run], which: str) -> undo.Run:
    if which == "last":
        wanted = [run for run in found if run.records][:1]
    else:
        wanted = [run for run in found if name_of(run) == which.casefold() or run.id.hex == which.casefold()]
    if len(wanted) != 1:
        raise Invalid("which", f"There is no one import “{which}” to undo. `waybill imports list` names them.")
    return wanted[0]


def _request(kind: Kind, path: Path, lines: Path | None, progress: Progress) -> Request:
    if lines is None:
        return Request(runs.prepare_file(path, kind, progress))
    if kind is not Kind.ORDERS:
        raise Invalid("lines", f"Only orders have a second file with lines, not {kind.value}.")
    head = runs.prepare_file(path, Kind.ORDER_HEADERS, progress)
    return Request(head, lines=runs.prepare_file(Path(lines), Kind.ORDER_LINES, progress))


def _run_profile(command: Command, profile: profiles.Profile, place: Path) -> int:
    """Run the steps one after the other; a step with rejected rows stops a whole-file import there."""
    if command.dry_run:
        plans = command.database.read(
            partial(runs.plan_profile, profile=profile, place=place, progress=command.progress)
        )
        return max(_finish(command, planned) for planned in plans)
    code = 0
    for request in runs.requests(profile, place, command.progress):
        planned = command.database.read(partial(runs.plan, request=request, progress=command.progress))
        code = max(code, _finish(command, planned))
        if code and command.mode is Mode.WHOLE_FILE:
            break
    return code


def _finish(command: Command, planned: Plan) -> int:
    """Write the plan where that is wanted, and say what happened."""
    held = command.dry_run or (planned.rejected and command.mode is Mode.WHOLE_FILE)
    if held:
        report = runs.report_of(planned)
    else:
        report = runs.apply(
            command.database,
            planned,
            by=command.by,
            at=command.at,
            mode=command.mode,
            progress=command.progress,
        )
    for sentence in report.sentences():
        command.tell(sentence)
    if planned.rejected:
        _tell_rejected(command, planned)
    if held:
        _tell_changes(command, planned)
    if command.dry_run:
        command.tell("This was a dry run: nothing was changed.")
    elif held:
        command.tell("Nothing of this file was imported. Repair the rows, or use --good-rows.")
    return 1 if planned.rejected else 0


def _tell_reading(command: Command, check: Check) -> None:
    for finding in check.detection.findings:
        mark = "" if finding.sure else " (please check)"
        command.tell(f"{finding.what}: {finding.value!r}, {finding.evidence}{mark}")
    for proposal in propose(check.detection, check.kind):
        field = proposal.source.field if proposal.source else "skipped"
        question = f" {proposal.question}" if proposal.question else ""
        command.tell(f"  {proposal.column.name} -> {field} ({proposal.reason}).{question}")


def _tell_changes(command: Command, planned: Plan) -> None:
    """Tell what rows change, where the plan says it."""
    for count, (number, words) in enumerate(planned.told.items()):
        if count == _SHOWN:
            command.tell(f"… and more: {len(planned.told):,} rows in all.")
            break
        command.tell(f"Row {number:,}: {words}")


def _tell_rejected(command: Command, planned: Plan) -> None:
    for count, problem in enumerate(planned.problems()):
        if count == _SHOWN:
            command.tell(f"… and more: {planned.tallies[Effect.REJECTED].rows:,} rows in all.")
            break
        command.tell(f"Row {problem.row:,}, {problem.sentence()}")
    if command.rejected is None:
        return
    for check, reasons in zip(planned.request.parts, (planned.reasons(), planned.reasons(of_lines=True)), strict=False):
        if reasons:
            target = command.rejected
            if command.of_profile or check is planned.request.lines:
                target = target.with_stem(f"{target.stem}-{check.kind.value.replace(' ', '-')}")
            count = rejected.write(check.source, check.detection, reasons, target)
            command.tell(f"{count:,} rejected rows with their reasons: {target}")
