"""The house rules no linter knows.  A rule is added here before it is asked for in review.

A rule takes a Source and yields what is wrong with it, as ``line: words``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator

from tests.house.sources import Source

FILE_LINES = 500
FUNCTION_LINES = 60
MIGRATIONS = "app/models/migrations/versions/"  # a frozen record of a release's tables, as long as they are
FACES = ("app/__main__.py", "app/main.py", "app/tour/", "app/cli.py", "app/cli/")
BELOW_THE_WINDOW = ("app/models/", "app/services/")
Function = ast.FunctionDef | ast.AsyncFunctionDef
Rule = Callable[[Source], Iterator[str]]

ERRORS = {"UserError", "NotFound", "NotAllowed", "Conflict", "Invalid", "Unavailable"}
EMPTY_VERBS = ("process_", "handle_", "manage_", "do_", "perform_", "execute_")
STATEMENTS = "app/services/statements.py"  # to execute is what one does with SQL, there and nowhere else
EMPTY_NOUNS = {"utils", "util", "helpers", "helper", "manager", "common", "misc", "stuff"}


def dotted(node: ast.expr) -> str:
    """``QMessageBox.warning`` for that expression; nothing for what is not a plain name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def calls(source: Source) -> Iterator[tuple[ast.Call, str]]:
    """Every call and the dotted name of what is called."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            yield node, dotted(node.func)


def functions(source: Source) -> Iterator[Function]:
    yield from (node for node in ast.walk(source.tree) if isinstance(node, Function))


def files_are_short(source: Source) -> Iterator[str]:
    lines = source.text.count("\n")
    if lines > FILE_LINES and not source.where.startswith(MIGRATIONS):
        yield f"1: {lines} lines; split the file along its nouns"


def functions_are_short(source: Source) -> Iterator[str]:
    for function in functions(source):
        lines = (function.end_lineno or 0) - function.lineno + 1
        if lines > FUNCTION_LINES and not source.where.startswith(MIGRATIONS):
            yield f"{function.lineno}: {function.name} has {lines} lines"


def money_is_exact(source: Source) -> Iterator[str]:
    if source.where.startswith(BELOW_THE_WINDOW):
        for call, name in calls(source):
            if name == "float":
                yield f"{call.lineno}: float(); use Decimal, int or Fraction"


def time_is_given(source: Source) -> Iterator[str]:
    clocks = {"now", "utcnow", "today"}
    if source.where.startswith("app/") and not source.where.startswith(FACES):
        for call, name in calls(source):
            owner, _, verb = name.rpartition(".")
            if (verb in clocks and owner.rpartition(".")[2] in {"datetime", "date"}) or name == "time.time":
                yield f"{call.lineno}: {name}(); take the time as an argument"


def messages_go_through_messages(source: Source) -> Iterator[str]:
    if source.where.startswith("app/") and source.where != "app/views/messages.py":
        for node in ast.walk(source.tree):
            name = getattr(node, "id", None) or getattr(node, "name", None)
            if name == "QMessageBox":
                yield f"{getattr(node, 'lineno', 1)}: QMessageBox; tell Messages"


def slots_are_methods(source: Source) -> Iterator[str]:
    if not source.where.startswith("app/"):
        return
    for call, name in calls(source):
        if name.rpartition(".")[2] == "connect" and any(isinstance(each, ast.Lambda) for each in call.args):
            yield f"{call.lineno}: connect(lambda); a lambda that holds its widget is never freed, connect a method"


def only_faces_print(source: Source) -> Iterator[str]:
    if source.where.startswith("app/") and not source.where.startswith(FACES):
        for call, name in calls(source):
            if name == "print":
                yield f"{call.lineno}: print(); log, or tell Messages"


def only_the_gateway_commits(source: Source) -> Iterator[str]:
    allowed = {
        "app/services/database.py",
        "app/services/migration.py",
        "app/services/list_reader.py",  # its own temporary tables, on a connection that cannot write the books
    }
    if source.where.startswith("app/") and source.where not in allowed:
        for call, name in calls(source):
            if name.endswith(".commit"):
                yield f"{call.lineno}: {name}(); Database.run commits, nothing else does"


def errors_are_heard(source: Source) -> Iterator[str]:
    if not source.where.startswith("tests/"):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ExceptHandler) and all(isinstance(each, ast.Pass) for each in node.body):
                yield f"{node.lineno}: except with nothing but pass; say what happens then"


def the_window_never_waits(source: Source) -> Iterator[str]:
    if source.where.startswith("app/"):
        for call, name in calls(source):
            if name == "time.sleep" or name.endswith("processEvents"):
                yield f"{call.lineno}: {name}(); use Tasks"


def statements_are_constant(source: Source) -> Iterator[str]:
    for call, name in calls(source):
        if name in {"text", "sqlalchemy.text"} and source.where.startswith(BELOW_THE_WINDOW) and call.args:
            first = call.args[0]
            is_built = isinstance(first, ast.JoinedStr | ast.BinOp)
            if is_built or (isinstance(first, ast.Call) and dotted(first.func).endswith("format")):
                yield f"{call.lineno}: text() of a built string; bind parameters"


def services_say_what_they_raise(source: Source) -> Iterator[str]:
    if not source.where.startswith("app/services/"):
        return
    for function in source.tree.body:
        if not isinstance(function, Function) or function.name.startswith("_"):
            continue
        documented = ast.get_docstring(function) or ""
        for node in ast.walk(function):
            if isinstance(node, ast.Raise) and node.exc is not None:
                raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
                name = dotted(raised).rpartition(".")[2]
                if name in ERRORS and name not in documented:
                    yield f"{node.lineno}: {function.name} raises {name}; its docstring does not say so"


def names_say_something(source: Source) -> Iterator[str]:
    stem = source.where.rpartition("/")[2].removesuffix(".py")
    if stem in EMPTY_NOUNS:
        yield f"1: a module called {stem}; name it after what it holds"
    if source.where.startswith("app/services/") and source.where != STATEMENTS:
        for function in functions(source):
            if function.name.lstrip("_").startswith(EMPTY_VERBS):
                yield f"{function.lineno}: {function.name}; use the user's verb"


RULES: tuple[Rule, ...] = (
    files_are_short,
    functions_are_short,
    money_is_exact,
    time_is_given,
    messages_go_through_messages,
    slots_are_methods,
    only_faces_print,
    only_the_gateway_commits,
    errors_are_heard,
    the_window_never_waits,
    statements_are_constant,
    services_say_what_they_raise,
    names_say_something,
)


def offences(rule: Rule, sources: Iterable[Source]) -> list[str]:
    """Everything a rule finds, as ``file:line: words``."""
    return [f"{source.where}:{found}" for source in sources for found in rule(source)]


# A registry's host in a file would send every reader's tools there; the words are put together so that this file is
# not one of them.
HOSTS = tuple(
    ".".join(parts)
    for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("debian", "org"))
)
HOST = re.compile(rf"\b({'|'.join(map(re.escape, HOSTS))})\b")


def no_registry_is_named(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if HOST.search(line):
            yield f"{number}: names a package registry"
