"""Every house rule holds for the whole project, and every rule catches what it is there for."""

from __future__ import annotations

import pytest

from tests.house import rules
from tests.house.sources import Source, python_sources, texts

SERVICE, VIEW = "app/services/orders.py", "app/views/orders.py"
CAUGHT = {  # rule: a file it must refuse, and one it must let pass
    rules.files_are_short: (Source(VIEW, "x = 1\n" * 501), Source(VIEW, "x = 1\n" * 500)),
    rules.functions_are_short: (
        Source(VIEW, "def f():\n" + "    x = 1\n" * 60),
        Source(VIEW, "def f():\n" + "    x = 1\n" * 59),
    ),
    rules.money_is_exact: (Source(SERVICE, "price = float(typed)"), Source(VIEW, "height = float(typed)")),
    rules.time_is_given: (
        Source(SERVICE, "at = datetime.datetime.now(UTC)"),
        Source("app/main.py", "at = datetime.now(UTC)"),
    ),
    rules.messages_go_through_messages: (
        Source(VIEW, "from PySide6.QtWidgets import QMessageBox"),
        Source("app/views/messages.py", "from PySide6.QtWidgets import QMessageBox"),
    ),
    rules.slots_are_methods: (
        Source(VIEW, "button.clicked.connect(lambda: self.close())"),
        Source(VIEW, "button.clicked.connect(self.close)"),
    ),
    rules.only_faces_print: (Source(SERVICE, "print('done')"), Source("app/cli.py", "print('done')")),
    rules.only_the_gateway_commits: (
        Source(SERVICE, "connection.commit()"),
        Source("app/services/database.py", "connection.commit()"),
    ),
    rules.errors_are_heard: (
        Source(VIEW, "try:\n    f()\nexcept OSError:\n    pass"),
        Source(VIEW, "try:\n    f()\nexcept OSError:\n    warn()"),
    ),
    rules.the_window_never_waits: (Source(VIEW, "time.sleep(1)"), Source("tools/environment.py", "time.sleep(1)")),
    rules.statements_are_constant: (
        Source(SERVICE, "text(f'SELECT {name}')"),
        Source(SERVICE, "text('SELECT :name')"),
    ),
    rules.services_say_what_they_raise: (
        Source(SERVICE, 'def confirm():\n    """Confirm."""\n    raise NotAllowed("no")'),
        Source(SERVICE, 'def confirm():\n    """Confirm.\n\n    Raises NotAllowed."""\n    raise NotAllowed("no")'),
    ),
    rules.names_say_something: (Source("app/services/utils.py", ""), Source(SERVICE, "def confirm(): ...")),
    rules.no_registry_is_named: (
        Source("requirements/run.txt", f"--index-url https://{rules.HOSTS[0]}/simple"),
        Source("requirements/run.txt", "babel==2.18.0"),
    ),
}


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_project_keeps_the_rule(rule):
    found = rules.offences(rule, python_sources())
    assert not found, "\n" + "\n".join(found)


def test_no_file_names_a_package_registry():
    found = rules.offences(rules.no_registry_is_named, texts())
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("rule", CAUGHT, ids=lambda rule: rule.__name__)
def test_the_rule_catches_what_it_is_there_for(rule):
    bad, good = CAUGHT[rule]
    assert list(rule(bad))
    assert not list(rule(good))


def test_every_rule_has_been_seen_to_catch_something():
    assert set(rules.RULES) | {rules.no_registry_is_named} == set(CAUGHT)
