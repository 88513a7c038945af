"""Plugins uploaded as folders of several modules: their imports and requirements.

The first plugin is that of Kili's end-to-end test (contract/plugin.md#imports,
contract/plugin.md#requirements).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kili_emulator import Emulator
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.plugin_under_test import NAME, PluginUnderTest
from tests.kit.sdk_environments import python_of
from tests.kit.sdk_process import VERSIONS, SdkSession

HANDLER = """
from kili.plugins import PluginCore


class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print(said())
"""
HELPERS = "CALLS = []\ndef said():\n    CALLS.append(1)\n    return 'helped'\n"
KILI_MAIN = f"from .sub_folder.helpers import said\n{HANDLER}"
FILES = {
    "sub_folder/helpers.py": HELPERS,
    "sub_folder/deep/leaf.py": "from ..helpers import said\nfrom ...top import both\n",
    "types.py": "from .top import both\nfrom . import top\nassert top.both is both\n",
    "requests/api.py": "from ..types import both\nfrom . import own\n",
    "requests/own.py": "import types\n",
    "top.py": "from .sub_folder import helpers\n"
    "from sub_folder.helpers import CALLS\n"
    "def both():\n"
    "    assert helpers.CALLS is CALLS\n"
    "    return helpers.said()\n",
}
VERSIONS_WITH_FOLDERS = [each for each in VERSIONS if each != "2.125.2"]


def write(folder: Path, **files: str) -> Path:
    """Write ``FILES`` and further files, in whose names ``__`` stands for a dot."""
    named = {name.replace("__", "."): text for name, text in files.items()}
    for name, text in {**FILES, **named}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


ISOLATIONS: dict[str, dict[str, Any]] = {
    "inline": {},
    "process": {"plugin_isolation": "process"},
    "process of another SDK": {
        "plugin_isolation": "process",
        "plugin_python": python_of("2.128.2"),
    },
}


@pytest.fixture(scope="module")
def inline() -> Iterator[Emulator]:
    with fast_sdk(), Emulator() as running:
        yield running


@pytest.fixture
def plugin_under_test(inline: Emulator, tmp_path: Path) -> Iterator[PluginUnderTest]:
    inline.reset()
    yield PluginUnderTest(inline, tmp_path / "plugin")
    inline.reset()


@pytest.fixture(params=ISOLATIONS)
def isolated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PluginUnderTest]:
    """A plugin in each isolation."""
    with fast_sdk(), Emulator(**ISOLATIONS[request.param]) as running:
        yield PluginUnderTest(running, tmp_path / "plugin")


def upload(plugin_under_test: PluginUnderTest, folder: Path) -> str:
    """Upload a plugin, activate it, and return its status."""
    try:
        plugin_under_test.kili.upload_plugin(str(folder), NAME)
    except Exception:
        return "FAILED"
    plugin_under_test.activate()
    return str(plugin_under_test.kili.get_plugin_status(NAME, verbose=False))


# Imports


WAYS = [
    "from .sub_folder.helpers import said",
    "from sub_folder.helpers import said",
    "import sub_folder.helpers as h\nsaid = h.said",
    "from . import top\nsaid = top.both",
    "from .sub_folder import helpers\nsaid = helpers.said",
    "from .sub_folder.deep.leaf import said",
    "from sub_folder.deep.leaf import both as said",
    "from .types import both as said",
    "from . import types as t\nsaid = t.both",
    "from .requests.api import both as said, own",
    "import importlib\nsaid = importlib.import_module('sub_folder.helpers').said",
    """\
from importlib import import_module
said = import_module('.sub_folder.helpers', __package__).said""",
    """\
def said():
    from . import top
    from .top import both
    assert top.both is both
    return both()""",
]


@pytest.mark.parametrize("imports", WAYS)
def test_main_imports_the_modules_of_its_folder(
    plugin_under_test: PluginUnderTest, imports: str
) -> None:
    assert (
        upload(plugin_under_test, write(plugin_under_test.folder, main__py=f"{imports}\n{HANDLER}"))
        == "ACTIVE"
    )
    assert plugin_under_test.submit_and_read() == "helped"


def test_each_module_of_the_folder_is_imported_once_in_every_isolation(
    isolated: PluginUnderTest,
) -> None:
    imports = "\n".join([*WAYS, "from .sub_folder.helpers import CALLS"])
    main = f"{imports}\n{HANDLER}        print(len(CALLS), len(helpers.CALLS), len(h.CALLS))\n"

    assert upload(isolated, write(isolated.folder, main__py=main)) == "ACTIVE"
    assert isolated.submit_and_read() == "1 1 1"


@pytest.mark.parametrize(
    ("imports", "error"),
    [
        ("from ..top import both", "ImportError: attempted relative import"),
        ("from .nothing import said", "ModuleNotFoundError: No module named 'nothing'"),
        ("from . import nothing", "ImportError: cannot import name 'nothing' from 'plugin'"),
    ],
)
def test_import_of_a_missing_module_fails_the_build(
    plugin_under_test: PluginUnderTest, imports: str, error: str
) -> None:
    assert (
        upload(plugin_under_test, write(plugin_under_test.folder, main__py=f"{imports}\n{HANDLER}"))
        == "FAILED"
    )
    (said,) = plugin_under_test.build_errors()
    assert said.splitlines()[0] == "Traceback (most recent call last):"
    assert said.splitlines()[-1].startswith(error)


def test_linked_folder_with_relative_imports_runs(isolated: PluginUnderTest) -> None:
    write(isolated.folder, main__py=KILI_MAIN)
    isolated.link()

    assert isolated.submit_and_read() == "helped"
    isolated.save("sub_folder/helpers.py", HELPERS.replace("helped", "again"))
    assert isolated.submit_and_read() == "again"


@pytest.mark.parametrize("sdk", VERSIONS_WITH_FOLDERS, indirect=True, scope="session")
def test_plugin_of_kilis_end_to_end_test_is_deployed_by_each_sdk(
    notebook: SdkSession, tmp_path: Path
) -> None:
    write(tmp_path, main__py=KILI_MAIN, requirements__txt="scikit-learn\n")

    done = notebook.run(
        f"kili.upload_plugin({str(tmp_path)!r}, 'P')\nkili.get_plugin_status('P', verbose=False)"
    )
    assert done.checked().value == "ACTIVE"


# Requirements


def test_requirements_are_checked_against_the_plugins_interpreter(
    isolated: PluginUnderTest,
) -> None:
    main = f"try:\n    import no_such_thing\nexcept ImportError:\n    pass\n{KILI_MAIN}"
    write(isolated.folder, main__py=main, requirements__txt="no-such-thing\n")

    assert upload(isolated, isolated.folder) == "ACTIVE"
    assert [kind for kind, _ in build_lines(isolated)] == ["warning"]
    isolated.save("main.py", f"import no_such_thing\n{KILI_MAIN}")
    with pytest.raises(Exception, match="error during the creation"):
        isolated.kili.update_plugin(str(isolated.folder), NAME)
    assert [kind for kind, _ in build_lines(isolated)] == ["warning", "error"]


def build_lines(plugin_under_test: PluginUnderTest) -> list[tuple[str, str]]:
    build_errors_json = json.loads(plugin_under_test.kili.get_plugin_build_errors(plugin_name=NAME))
    return [(each["logType"], each["content"]) for each in reversed(build_errors_json)]


@pytest.mark.parametrize(
    "imports",
    [
        "",
        "try:\n    import no_such_thing\nexcept ImportError:\n    no_such_thing = None",
        "try:\n    import yaml\nexcept ImportError:\n    import no_such_thing",
        "import sys\nif sys.version_info < (3, 5):\n    import no_such_thing",
    ],
)
def test_missing_requirement_without_an_import_is_a_build_warning(
    plugin_under_test: PluginUnderTest, imports: str
) -> None:
    main = f"{imports}\n{KILI_MAIN}"
    write(plugin_under_test.folder, main__py=main, requirements__txt="no-such-thing>=2\nPyYAML\n")

    assert upload(plugin_under_test, plugin_under_test.folder) == "ACTIVE"
    said = [each for each in build_lines(plugin_under_test) if "no-such-thing" in each[1]]
    ((kind, text),) = said
    assert kind == "warning"
    assert text.startswith(
        "requirements.txt, line 1: no-such-thing>=2: no-such-thing is not installed here; no "
        "import of the plugin needs it."
    )
    assert "-m pip install 'no-such-thing>=2'`" in text
    assert plugin_under_test.submit_and_read() == "helped"


@pytest.mark.parametrize("file", ["main.py", "sub_folder/helpers.py"])
@pytest.mark.parametrize(
    ("requirement", "imports", "said"),
    [
        ("no-such-thing", "import no_such_thing.part", "requirements.txt, line 1: no-such-thing: "),
        (
            "google-no-such-thing",
            "from google.no_such_thing import x",
            "requirements.txt, line 1: google-no-such-thing: ",
        ),
        ("python-no-such-thing", "import oddly_named", "{file}, line 1: oddly_named cannot be "),
        (
            "git+https://e.org/no-such-thing",
            "import oddly_named",
            "{file}, line 1: oddly_named cannot be imported",
        ),
    ],
)
def test_missing_requirement_of_an_import_fails_the_build_with_a_remedy(
    plugin_under_test: PluginUnderTest, file: str, requirement: str, imports: str, said: str
) -> None:
    write(plugin_under_test.folder, main__py=KILI_MAIN, requirements__txt=f"{requirement}\n")
    path = plugin_under_test.folder / file
    path.write_text(f"{imports}\n{path.read_text()}")

    assert upload(plugin_under_test, plugin_under_test.folder) == "FAILED"
    ((kind, text),) = build_lines(plugin_under_test)
    assert kind == "error"
    assert text.startswith(said.format(file=file))
    assert f"{file}, line 1" in text
    assert f"-m pip install {requirement}` and update the plugin, or start the emulator" in text
    assert text.endswith("--install-requirements")
