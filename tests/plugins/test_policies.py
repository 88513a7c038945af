"""Plugin policies: imports, requirements, recorded prints and the time of a deployment."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kili_emulator import Emulator
from tests.kit.wire import Wire
from tests.kit.wire_plugins import (
    activate_plugin,
    read_build_errors,
    read_log_texts,
    submit_label,
)
from tests.kit.world_content import archive, deploy_plugin

HANDLER = """
from kili.plugins import PluginCore
class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        pass
"""
NAME = "P"
WHOLE_DAY = 86_400.0


@contextmanager
def wire_emulator(**options: Any) -> Iterator[Wire]:
    with Emulator(**options) as emulator:
        wire = Wire(emulator)
        yield wire
        wire.close()


def submit(wire: Wire) -> dict[str, Any]:
    """Label an asset, and return the run that the label caused."""
    submit_label(wire)
    return dict(wire.emulator.world.view.runs.all()[-1])


# Through the SDK


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "main.py").write_text(HANDLER)
    return tmp_path


def upload(kili: Any, folder: Path, requirements: str | bytes) -> list[str]:
    """Upload a plugin that cannot be built; return its build errors, oldest first."""
    content = requirements.encode() if isinstance(requirements, str) else requirements
    (folder / "requirements.txt").write_bytes(content)
    with pytest.raises(Exception, match="error during the creation of the plugin"):
        kili.upload_plugin(str(folder), NAME)
    assert kili.get_plugin_status(NAME, verbose=False) == "FAILED"
    lines = json.loads(kili.get_plugin_build_errors(NAME))
    return [line["content"] for line in reversed(lines)]


def test_missing_requirement_of_an_import_is_a_build_error_with_the_remedy(
    kili: Any, folder: Path
) -> None:
    (folder / "main.py").write_text(f"import no_such_thing\n{HANDLER}")
    text = "--index-url https://e.org/simple\nnumpy\nno-such-thing >= 2 ; python_version > '3'\n"
    (build_messages,) = upload(kili, folder, text)

    assert build_messages == (
        "requirements.txt, line 3: no-such-thing >= 2 ; python_version > '3': no-such-thing is not "
        "installed here, and main.py, line 1 imports no_such_thing: run "
        f"`{sys.executable} -m pip install --index-url https://e.org/simple 'no-such-thing >= 2'` "
        "and update the plugin, or start the emulator with --plugin-isolation process "
        "--install-requirements"
    )
    (folder / "main.py").write_text(HANDLER)
    (folder / "requirements.txt").write_text("numpy\nno-such-thing; python_version < '3'\n")
    kili.update_plugin(str(folder), NAME)
    assert kili.get_plugin_status(NAME, verbose=False) == "ACTIVE"


def test_each_wrong_requirement_and_import_is_reported(kili: Any, folder: Path) -> None:
    (folder / "main.py").write_text("import yaml, numpy\n" + HANDLER)
    build_messages = upload(kili, folder, "-r more.txt\nnumpy<0.1\n./own.whl\n")

    assert [each.partition(": ")[0] for each in build_messages] == [
        "requirements.txt, line 1",
        "requirements.txt, line 3",
        "requirements.txt, line 2",
        "main.py, line 1",
    ]
    assert "add the line PyYAML to a requirements.txt" in build_messages[-1]


def test_requirements_that_are_not_utf8_are_refused(kili: Any, folder: Path) -> None:
    assert upload(kili, folder, b"\xff\xfe") == [
        "requirements.txt is not UTF-8 text: save it as UTF-8 and update the plugin"
    ]


# Policies


@pytest.mark.parametrize(
    ("policy", "main", "status"),
    [
        ("saas", "import yaml", "FAILED"),
        ("saas", "import requests, tqdm, numpy", "ACTIVE"),
        ("saas", "try:\n    import no_such\nexcept ImportError: pass", "ACTIVE"),
        ("on-premise", "import requests, numpy, uuid, json", "ACTIVE"),
        ("on-premise", "import tqdm", "FAILED"),
        ("tutorial", "import numpy, json", "ACTIVE"),
        ("tutorial", "import requests", "FAILED"),
    ],
)
def test_policy_decides_which_packages_plugins_can_import(
    policy: str, main: str, status: str
) -> None:
    with wire_emulator(plugin_policy=policy) as wire:
        assert deploy_plugin(wire, NAME, f"{main}\n{HANDLER}") == status
        assert [each[:15] for each in read_build_errors(wire, NAME)] == (
            ["main.py, line 1"] if status == "FAILED" else []
        )


@pytest.mark.parametrize(
    ("policy", "status"), [("saas", "ACTIVE"), ("on-premise", "FAILED"), ("tutorial", "FAILED")]
)
def test_only_the_saas_policy_reads_requirements(policy: str, status: str) -> None:
    packed = archive(main__py=f"import yaml\n{HANDLER}", requirements__txt="PyYAML")
    with wire_emulator(plugin_policy=policy) as wire:
        assert deploy_plugin(wire, NAME, packed) == status


def test_build_error_for_a_missing_platform_package_gives_the_pip_command(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setattr(
        "kili_emulator.plugins.build.installed_packages.Environment.find", lambda *_: None
    )

    assert deploy_plugin(wire, NAME, f"import sklearn\n{HANDLER}") == "FAILED"
    (build_messages,) = read_build_errors(wire, NAME)
    assert "ModuleNotFoundError: " in build_messages
    assert f"run `{sys.executable} -m pip install scikit-learn`" in build_messages


def test_run_error_for_a_missing_platform_package_gives_the_pip_command(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    monkeypatch.setattr(
        "kili_emulator.plugins.build.installed_packages.Environment.find", lambda *_: None
    )

    assert deploy_plugin(wire, NAME, HANDLER.replace("pass", "import cv2")) == "ACTIVE"
    activate_plugin(wire, NAME)
    assert submit(wire)["outcome"] == "FAILED"
    assert (
        f"run `{sys.executable} -m pip install opencv-python-headless`"
        in read_log_texts(wire, NAME)[-1]
    )


# Prints

TALKING = HANDLER.replace("pass", "print('printed\\nagain'); self.logger.info('logged')")


@pytest.mark.parametrize(
    ("policy", "lines", "dropped"),
    [("saas", ["printed", "again", "logged"], 0), ("on-premise", ["logged"], 2)],
)
def test_prints_are_not_recorded_on_premise(
    policy: str, lines: list[str], dropped: int, caplog: pytest.LogCaptureFixture
) -> None:
    with wire_emulator(plugin_policy=policy) as wire, caplog.at_level(logging.WARNING):
        deploy_plugin(wire, NAME, TALKING)
        activate_plugin(wire, NAME)
        run = submit(wire)

        assert read_log_texts(wire, NAME) == lines
        assert run["droppedPrints"] == dropped
    build_messages = [each for each in caplog.messages if run["id"] in each]
    assert [f"{dropped} printed lines" in each for each in build_messages] == [True] * bool(dropped)


# Deployment


def deployments() -> set[threading.Thread]:
    """Return the threads that wait for the end of a deployment."""
    return {each for each in threading.enumerate() if each.name == "later"}


def test_deployment_takes_the_configured_time() -> None:
    with wire_emulator(deploy_seconds=0.2) as wire:
        assert deploy_plugin(wire, NAME, HANDLER) == "DEPLOYING"
        pause = threading.Event()
        while wire.call("getPluginRunnerStatus", name=NAME) == "DEPLOYING":
            pause.wait(0.01)
        assert wire.call("getPluginRunnerStatus", name=NAME) == "ACTIVE"


def test_events_during_the_deployment_call_no_handler() -> None:
    with wire_emulator(deploy_seconds=WHOLE_DAY) as wire:
        deploy_plugin(wire, NAME, HANDLER)
        activate_plugin(wire, NAME)
        run = submit(wire)

        assert (run["outcome"], run["refusal"]) == ("NOT_RUN", "NOT_DEPLOYED")
        assert read_log_texts(wire, NAME)[0].startswith("Not run: the plugin was DEPLOYING")


def test_reset_and_close_do_not_wait_for_a_deployment() -> None:
    with wire_emulator(deploy_seconds=WHOLE_DAY) as wire:
        mark = wire.emulator.mark()
        deploy_plugin(wire, NAME, HANDLER)
        first = deployments()
        wire.emulator.reset(mark)
        assert wire.emulator.world.view.plugins.all() == []
        deploy_plugin(wire, NAME, HANDLER)
        assert wire.call("getPluginRunnerStatus", name=NAME) == "DEPLOYING"
        second = deployments() - first
    assert (len(first), len(second)) == (1, 1)
    for thread in first | second:
        thread.join(20)
        assert not thread.is_alive()


def test_plugin_deleted_during_its_deployment_stays_deleted() -> None:
    with wire_emulator(deploy_seconds=0.05) as wire:
        deploy_plugin(wire, NAME, HANDLER)
        wire.call("deletePlugin", where={"pluginName": NAME})
        deploy_plugin(wire, "Other", HANDLER)
        pause = threading.Event()
        while wire.call("getPluginRunnerStatus", name="Other") == "DEPLOYING":
            pause.wait(0.01)
        assert [each["name"] for each in wire.emulator.world.view.plugins.all()] == ["Other"]


def test_webhook_is_active_at_once() -> None:
    with wire_emulator(deploy_seconds=WHOLE_DAY) as wire:
        data = {"pluginName": NAME, "webhookUrl": "http://127.0.0.1:1", "header": "h"}
        wire.call("createWebhook", data=data)
        assert wire.call("getPluginRunnerStatus", name=NAME) == "ACTIVE"
