"""Plugins have separate modules, and a print becomes a line of its run."""

from __future__ import annotations

import contextvars
import io
import json
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kili_emulator.clock import Clock
from kili_emulator.plugins import logs
from kili_emulator.plugins.guest.tracebacks import CodeLocation
from kili_emulator.plugins.inline import sandbox
from kili_emulator.plugins.inline.run_effects import RunEffects
from kili_emulator.plugins.logs import RunLog


class Plugins:
    """Plugins that a test writes into folders and imports."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.versions: list[str] = []

    def load(self, files: dict[str, str] | str, version: str = "v") -> ModuleType:
        folder = self._folder / version
        for name, code in ({"main.py": files} if isinstance(files, str) else files).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(code, encoding="utf-8")
        self.versions.append(version)
        return sandbox.import_main(version, CodeLocation(folder))


@pytest.fixture
def plugins(tmp_path: Path) -> Iterator[Plugins]:
    new_plugins = Plugins(tmp_path)
    yield new_plugins
    for version in new_plugins.versions:
        sandbox.drop_modules(version)


def in_run(function: Callable[[], Any]) -> list[str]:
    """Call a function as a run does, and return the lines of the run."""
    log = RunLog(Clock())

    def work() -> None:
        logs.current.set(log)
        RunEffects(Path()).attach_current_thread()
        function()

    contextvars.copy_context().run(work)
    return [content for _, content, _ in log.close()]


# Modules

PACKAGE = {
    "helpers/__init__.py": "VALUE = 'package'",
    "helpers/deep.py": "VALUE = 'deep'",
    "helpers/sub/__init__.py": "",
    "helpers/sub/deeper.py": "VALUE = 'deeper'",
    "spaces/inside.py": "VALUE = 'inside'",
    "single.py": "VALUE = 'single'",
}


@pytest.mark.parametrize(
    ("statement", "expression", "value"),
    [
        ("import single", "single.VALUE", "single"),
        ("import single as s", "s.VALUE", "single"),
        ("from single import VALUE", "VALUE", "single"),
        ("from single import VALUE as v", "v", "single"),
        ("from single import *", "VALUE", "single"),
        ("import helpers", "helpers.VALUE", "package"),
        ("import helpers.deep", "helpers.deep.VALUE", "deep"),
        ("import helpers.deep", "helpers.VALUE", "package"),
        ("import helpers.deep as x", "x.VALUE", "deep"),
        ("import helpers.sub.deeper", "helpers.sub.deeper.VALUE", "deeper"),
        ("import helpers.sub.deeper as x", "x.VALUE", "deeper"),
        ("from helpers import deep", "deep.VALUE", "deep"),
        ("from helpers import VALUE, deep", "VALUE + deep.VALUE", "packagedeep"),
        ("from helpers.deep import VALUE", "VALUE", "deep"),
        ("from helpers.sub import deeper as x", "x.VALUE", "deeper"),
        ("import spaces.inside", "spaces.inside.VALUE", "inside"),
        ("from spaces import inside", "inside.VALUE", "inside"),
        ("import os.path", "os.path.basename('a/b')", "b"),
        ("import os.path as p", "p.basename('a/b')", "b"),
        ("from os import path", "path.basename('a/b')", "b"),
    ],
)
def test_main_imports_its_own_modules(
    plugins: Plugins, statement: str, expression: str, value: str
) -> None:
    main = plugins.load({**PACKAGE, "main.py": f"{statement}\nRESULT = {expression}"})

    assert value == main.RESULT


@pytest.mark.parametrize(
    ("module", "statement", "value"),
    [
        ("helpers/__init__.py", "from . import deep as m", "deep"),
        ("helpers/__init__.py", "from .sub import deeper as m", "deeper"),
        ("helpers/user.py", "from . import deep as m", "deep"),
        ("helpers/user.py", "from .sub import deeper as m", "deeper"),
        ("helpers/user.py", "from .sub.deeper import VALUE as m", "deeper"),
        ("helpers/user.py", "import single as m", "single"),
        ("helpers/user.py", "import helpers.deep as m", "deep"),
        ("helpers/sub/user.py", "from .. import deep as m", "deep"),
        ("helpers/sub/user.py", "from ..deep import VALUE as m", "deep"),
        ("helpers/sub/user.py", "from ..sub import deeper as m", "deeper"),
        ("beside.py", "from . import single as m", "single"),
        ("beside.py", "from .helpers.deep import VALUE as m", "deep"),
        ("helpers/__init__.py", "from .. import single as m", "single"),
        ("helpers/user.py", "from ..single import VALUE as m", "single"),
        ("helpers/sub/user.py", "from ... import single as m", "single"),
    ],
)
def test_modules_import_one_another(
    plugins: Plugins, module: str, statement: str, value: str
) -> None:
    name = module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    main = plugins.load(
        {**PACKAGE, module: statement, "main.py": f"import {name} as user\nRESULT = user.m"}
    )

    assert getattr(main.RESULT, "VALUE", main.RESULT) == value


@pytest.mark.parametrize(
    ("module", "statement"),
    [
        ("main.py", "from .. import helpers"),
        ("main.py", "from ..helpers import deep"),
        ("helpers/__init__.py", "from ... import single"),
        ("helpers/deep.py", "from ...single import VALUE"),
        ("helpers/sub/__init__.py", "from .... import single"),
    ],
)
def test_relative_import_above_the_folder_is_refused(
    plugins: Plugins, module: str, statement: str
) -> None:
    files = {**PACKAGE, "main.py": "import helpers.deep, helpers.sub", module: statement}

    with pytest.raises(ImportError, match="attempted relative import"):
        plugins.load(files)


@pytest.mark.parametrize(
    ("statement", "expression"),
    [
        ("from .helpers.deep import VALUE as m", "m"),
        ("from .helpers import deep", "deep.VALUE"),
        ("from . import helpers", "helpers.deep.VALUE"),
        ("from importlib import import_module", "import_module('helpers.deep').VALUE"),
        ("import importlib", "importlib.import_module('.helpers.deep', __package__).VALUE"),
        ("import importlib.util", "importlib.import_module('helpers').deep.VALUE"),
    ],
)
def test_all_forms_of_import_give_the_same_module(
    plugins: Plugins, statement: str, expression: str
) -> None:
    main = f"import helpers.deep\nhelpers.deep.VALUE = []\n{statement}\nRESULT = {expression}"
    loaded = plugins.load({**PACKAGE, "main.py": f"{main}, helpers.deep.VALUE"})

    one, other = loaded.RESULT
    assert one is other


@pytest.mark.parametrize(
    "statement",
    [
        "import nowhere",
        "import helpers.nowhere",
        "from helpers import nowhere",
        "from . import nowhere",
        "from .nowhere import x",
        "import importlib; importlib.import_module('helpers.nowhere')",
    ],
)
def test_missing_module_is_an_import_error(plugins: Plugins, statement: str) -> None:
    with pytest.raises(ImportError, match="nowhere"):
        plugins.load({**PACKAGE, "main.py": statement})


def test_module_is_run_once(plugins: Plugins) -> None:
    main = plugins.load(
        {
            "main.py": "import a, b, a as again\nRESULT = a.LIST, b.a is a is again",
            "a.py": "LIST = []\nLIST.append('run')",
            "b.py": "import a",
        }
    )

    assert main.RESULT == (["run"], True)


def test_modules_may_import_one_another_in_a_circle(plugins: Plugins) -> None:
    main = plugins.load(
        {
            "main.py": "import a\nRESULT = a.b.value()",
            "a.py": "import b\nVALUE = 1",
            "b.py": "import a\ndef value(): return a.VALUE",
        }
    )

    assert main.RESULT == 1


def two(plugins: Plugins, files: dict[str, str]) -> tuple[ModuleType, ModuleType]:
    """Load two plugins whose files differ only in the word NAME."""
    first, second = (
        plugins.load({file: code.replace("NAME", name) for file, code in files.items()}, name)
        for name in ("one", "two")
    )
    return first, second


def test_two_plugins_with_the_same_module_names_do_not_share_modules(plugins: Plugins) -> None:
    one, other = two(
        plugins,
        {
            "main.py": "import helpers.deep, single\n"
            "RESULT = 'NAME', helpers.VALUE, helpers.deep.VALUE, single.VALUE",
            "helpers/__init__.py": "VALUE = 'NAME'",
            "helpers/deep.py": "from . import VALUE",
            "single.py": "from helpers import VALUE",
        },
    )

    assert one.RESULT == ("one",) * 4
    assert other.RESULT == ("two",) * 4


def test_import_inside_a_function_finds_the_plugins_own_module(plugins: Plugins) -> None:
    one, other = two(
        plugins,
        {
            "main.py": "def late():\n    import lazy\n    return lazy.VALUE",
            "lazy.py": "VALUE='NAME'",
        },
    )

    assert (other.late(), one.late()) == ("two", "one")


def test_loading_changes_no_path_and_adds_only_modules_of_the_plugin(plugins: Plugins) -> None:
    path, modules = list(sys.path), set(sys.modules)
    plugins.load({**PACKAGE, "main.py": "import helpers.deep, single"}, "v1")

    assert sys.path == path
    assert {name.split(".")[0] for name in set(sys.modules) - modules} == {"kili_plugin_v1"}


def test_plugin_module_hides_the_standard_module_in_the_plugin_only(plugins: Plugins) -> None:
    main = plugins.load(
        {"main.py": "import json, logging.config\nRESULT = json.VALUE", "json.py": "VALUE = 'own'"}
    )

    assert main.RESULT == "own"
    assert sys.modules["json"] is json
    assert not hasattr(json, "VALUE")


def test_importing_again_runs_the_current_code(plugins: Plugins) -> None:
    first = plugins.load(
        {"main.py": "import single\nRESULT = single.VALUE", "single.py": "VALUE=1"}
    )
    second = plugins.load({"single.py": "VALUE = 22"})

    assert (first.RESULT, second.RESULT) == (1, 22)
    assert first is not second


def test_importing_writes_no_files_into_the_folder(plugins: Plugins, tmp_path: Path) -> None:
    plugins.load({**PACKAGE, "main.py": "import helpers.deep, single"})
    files = {str(each.relative_to(tmp_path / "v")) for each in tmp_path.rglob("*.*")}

    assert files == {*PACKAGE, "main.py"}


def test_dropped_version_is_removed_from_sys_modules(plugins: Plugins) -> None:
    plugins.load({**PACKAGE, "main.py": "import helpers.deep"}, "v1")
    plugins.load("", "v11")
    sandbox.drop_modules("v1")

    kept = {name for name in sys.modules if name.startswith("kili_plugin_v1")}
    assert kept == {"kili_plugin_v11", "kili_plugin_v11.main"}


def test_dataclasses_and_pickle_find_a_plugins_class(plugins: Plugins) -> None:
    main = plugins.load(
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "from typing import ClassVar\n"
        "@dataclass\n"
        "class Point:\n"
        "    kind: ClassVar[str] = 'point'\n"
        "    x: int = 0\n"
    )

    assert pickle.loads(pickle.dumps(main.Point(3))) == main.Point(3)


def test_error_of_the_plugin_is_raised(plugins: Plugins) -> None:
    with pytest.raises(ZeroDivisionError):
        plugins.load("1 / 0")


# Printing

PRINTING = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor

def say(*values, **options):
    print(*values, **options)

def in_thread(*values):
    thread = threading.Thread(target=say, args=values)
    thread.start()
    thread.join()

def in_threads_thread(*values):
    thread = threading.Thread(target=in_thread, args=values)
    thread.start()
    thread.join()

def in_timer(*values):
    timer = threading.Timer(0, say, values)
    timer.start()
    timer.join()

class Subclass(threading.Thread):
    def run(self):
        say(self.name)

def in_subclass(*values):
    thread = Subclass(name=" ".join(values))
    thread.start()
    thread.join()

def in_pool(*values):
    with ThreadPoolExecutor(2) as pool:
        pool.submit(say, *values).result()

def to_stderr(*values):
    print(*values, file=sys.stderr)

def through_module(*values):
    import helpers
    helpers.say(*values)
"""
HELPERS = "def say(*values):\n    print(*values)"
WAYS = [
    "say",
    "in_thread",
    "in_threads_thread",
    "in_timer",
    "in_subclass",
    "in_pool",
    "to_stderr",
    "through_module",
]


@pytest.fixture
def printing(plugins: Plugins) -> ModuleType:
    return plugins.load({"main.py": PRINTING, "helpers.py": HELPERS})


@pytest.mark.parametrize("way", WAYS)
def test_print_is_a_line_of_the_run(
    printing: ModuleType, capfd: pytest.CaptureFixture[str], way: str
) -> None:
    assert in_run(lambda: getattr(printing, way)("some", "words")) == ["some words"]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("values", "options", "lines"),
    [
        ((), {}, [""]),
        ((1, None, "é"), {}, ["1 None é"]),
        (("a", "b"), {"sep": "-"}, ["a-b"]),
        (("a", "b"), {"sep": None, "end": None}, ["a b"]),
        (("a",), {"end": ""}, ["a"]),
        (("a\nb",), {}, ["a", "b"]),
        (("a",), {"flush": True}, ["a"]),
        (("a",), {"file": None}, ["a"]),
    ],
)
def test_print_takes_its_options(
    printing: ModuleType, values: tuple[Any, ...], options: dict[str, Any], lines: list[str]
) -> None:
    assert in_run(lambda: printing.say(*values, **options)) == lines


def test_print_to_a_file_goes_to_the_file(printing: ModuleType) -> None:
    file = io.StringIO()

    assert in_run(lambda: printing.say("text", file=file)) == []
    assert file.getvalue() == "text\n"


def test_print_outside_any_run_goes_to_the_terminal(
    printing: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    printing.say("text")
    printing.in_thread("more")

    assert capsys.readouterr().out == "text\nmore\n"


@pytest.mark.parametrize("way", ["say", "in_thread", "in_pool"])
def test_print_of_overlapping_runs_reaches_the_right_run(printing: ModuleType, way: str) -> None:
    barrier = threading.Barrier(4)

    def run(name: str) -> list[str]:
        def work() -> None:
            for number in range(10):
                barrier.wait(10)
                getattr(printing, way)(name, number)

        return in_run(work)

    with ThreadPoolExecutor(4) as pool:
        lines = list(pool.map(run, "abcd"))

    assert lines == [[f"{name} {number}" for number in range(10)] for name in "abcd"]


def test_print_during_import_is_a_line(plugins: Plugins) -> None:
    assert in_run(lambda: plugins.load("print('importing')")) == ["importing"]


def test_thread_outside_of_a_run_has_no_run_log(plugins: Plugins) -> None:
    plugins.load("")
    seen: list[RunLog | None] = []
    thread = threading.Thread(target=lambda: seen.append(logs.current.get()))
    thread.start()
    thread.join()

    assert seen == [None]


# Builtins


@pytest.mark.parametrize(
    ("code", "status"),
    [("exit()", None), ("quit(3)", 3), ("import sys; sys.exit('bye')", "bye")],
)
def test_exit_raises_system_exit_in_the_plugin(plugins: Plugins, code: str, status: object) -> None:
    main = plugins.load(f"def leave():\n    {code}")
    with pytest.raises(SystemExit) as caught:
        main.leave()

    assert caught.value.code == status


def test_input_finds_no_terminal(plugins: Plugins) -> None:
    with pytest.raises(EOFError, match="no terminal"):
        plugins.load("input('name? ')")


def test_other_builtins_are_unchanged(plugins: Plugins) -> None:
    main = plugins.load("RESULT = len is __builtins__['len'], sorted([2, 1]), type(print).__name__")

    assert main.RESULT == (True, [1, 2], "function")


def test_builtins_of_the_emulator_are_unchanged(
    plugins: Plugins, capsys: pytest.CaptureFixture[str]
) -> None:
    plugins.load("__builtins__['len'] = lambda _: 42")

    assert len("four") == 4
    assert in_run(lambda: print("mine")) == []
    assert capsys.readouterr().out == "mine\n"


# kili.types, which the installed SDK has not


@pytest.mark.parametrize(
    "code",
    [
        "from kili.types import Label",
        "import kili.types\nLabel = kili.types.Label",
        "import kili.types as types\nLabel = types.Label",
        "from kili import types\nLabel = types.Label",
    ],
)
def test_kili_types_is_supplied(plugins: Plugins, code: str) -> None:
    main = plugins.load(f"{code}\ndef on_submit(label: Label) -> None: ...\nRESULT = Label(id='x')")

    assert main.RESULT == {"id": "x"}
    assert main.Label.__name__ == "Label"


def test_supplied_types_stay_within_the_plugin(plugins: Plugins) -> None:
    plugins.load("import kili.types\nRESULT = kili.__name__, kili.__version__")

    assert "kili.types" not in sys.modules
    assert not hasattr(sys.modules["kili"], "types")


def test_kili_with_supplied_types_keeps_its_other_names(plugins: Plugins) -> None:
    main = plugins.load("import kili.types\nfrom kili import __version__, types")

    assert main.__version__ == main.kili.__version__ == sys.modules["kili"].__version__


def test_unknown_name_of_kili_types_is_an_import_error(plugins: Plugins) -> None:
    with pytest.raises(ImportError, match="Nonsense"):
        plugins.load("from kili.types import Nonsense")


def test_kili_types_of_the_installed_sdk_are_preferred(
    plugins: Plugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ModuleType("kili.types")
    real.Label = str  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "kili.types", real)
    main = plugins.load("from kili.types import Label")

    assert main.Label is str


def test_kili_package_of_the_plugin_is_preferred(plugins: Plugins) -> None:
    main = plugins.load({"main.py": "from kili.types import Label", "kili/types.py": "Label = 1"})

    assert main.Label == 1
