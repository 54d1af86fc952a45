"""Two guesses find anything: the tests of a module stand at the same path as the module."""

from __future__ import annotations

from pathlib import PurePosixPath

from tests.house.sources import tracked

MIRRORED = ("tests/models/", "tests/services/", "tests/views/")


def homeless(files: set[str]) -> list[str]:
    """Test files of mirrored folders whose module, ``test_MODULE.py`` or ``test_MODULE_SUBJECT.py``, is not there.

    Below a layer, the tests of a package may also be about the package as a whole.
    """
    found = []
    for name in sorted(files):
        path = PurePosixPath(name)
        if not name.startswith(MIRRORED) or not path.stem.startswith("test_"):
            continue
        folder = PurePosixPath("app", *path.parent.parts[1:])
        if len(folder.parts) > 2 and f"{folder}/__init__.py" in files:
            continue
        words = path.stem.removeprefix("test_").split("_")
        guesses = ["_".join(words[:count]) for count in range(len(words), 0, -1)]
        if not any({f"{folder}/{guess}.py", f"{folder}/{guess}/__init__.py"} & files for guess in guesses):
            found.append(name)
    return found


def test_every_test_stands_where_its_module_stands():
    assert homeless(set(tracked())) == []


def test_a_test_without_its_module_is_noticed():
    files = {"app/services/orders.py", "app/services/demo/__init__.py"}
    good = {"tests/services/test_orders_returns.py", "tests/services/demo/test_sample_company.py"}
    bad = {"tests/services/gone/test_sample_company.py", "tests/services/test_order.py"}
    assert homeless(files | good | bad) == sorted(bad)


def test_every_folder_of_tests_is_a_package():
    folders = {name.rpartition("/")[0] for name in tracked() if name.startswith("tests/") and name.endswith(".py")}
    assert [folder for folder in sorted(folders) if f"{folder}/__init__.py" not in tracked()] == []
