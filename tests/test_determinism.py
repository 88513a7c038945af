"""With a seed, the same calls give the same export of the world, byte for byte."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time

from kili_emulator import Emulator
from kili_emulator.plugins.guest import sdk_ids
from kili_emulator.services.export import OMITTED, export_world
from kili_emulator.testing.sdk import fast_sdk
from tests.kit import warm_interpreter
from tests.kit.repeatable_scenario import CAT, INTERFACE, TITLE, play
from tests.kit.sdk_process import SdkProcess

ROOT = Path(__file__).parents[1]
PRINTED = "drawn 0."


def other_interpreters() -> list[str]:
    """Return the other Pythons of this machine that have the emulator and the SDK."""
    names = [f"python3.{minor}" for minor in range(10, 16)]
    found = {path for name in names if (path := shutil.which(name))}
    this = f"python3.{sys.version_info.minor}"
    return sorted(path for path in found if Path(path).name != this and is_equipped(path))


def is_equipped(python: str) -> bool:
    command = [python, "-c", "import kili.client, kili_emulator, tests.kit.repeatable_scenario"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0


def played(folder: Path, isolation: str, python: str = sys.executable, **variables: str) -> Path:
    """Play the scenario in a fresh process; return the folder with the two exports."""
    folder.mkdir()
    subprocess.run(
        [python, "-m", "tests.kit.repeatable_scenario", str(folder), isolation],
        cwd=ROOT,
        env={**os.environ, **variables},
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the export of a first process."""
    folder = tmp_path_factory.mktemp("determinism") / "first process"
    played(folder, "inline", PYTHONHASHSEED="1", TZ="UTC")
    first = (folder / "first.json").read_bytes()
    assert (folder / "after reset.json").read_bytes() == first
    return first


class TestScenario:
    def test_the_export_has_what_the_scenario_did(self, reference: bytes) -> None:
        world = json.loads(reference)
        assert [run["outcome"] for run in world["runs"]] == ["FAILED"] * 3 + ["SUCCEEDED"]
        assert any(line["content"].startswith(PRINTED) for line in world["pluginLogs"])
        assert len([each for each in world["assets"] if each["externalId"][:4] == "made"]) == 3
        assert {call["method"] for call in world["runCalls"]} >= {"append_many_to_dataset"}
        assert world["issues"]

    @pytest.mark.parametrize("isolation", ["inline", "process"])
    def test_another_process_gives_the_same_bytes(
        self, reference: bytes, tmp_path: Path, isolation: str
    ) -> None:
        folder = played(tmp_path / "again", isolation, PYTHONHASHSEED="2", TZ="Asia/Tokyo")
        assert (folder / "first.json").read_bytes() == reference
        assert (folder / "after reset.json").read_bytes() == reference

    def test_other_interpreters_give_the_same_bytes(self, reference: bytes, tmp_path: Path) -> None:
        for number, python in enumerate(other_interpreters()):
            folder = played(tmp_path / str(number), "inline", python)
            assert (folder / "first.json").read_bytes() == reference, python


LOAD = f"""
import contextlib, importlib.util
spec = importlib.util.spec_from_file_location("sdk_ids", {sdk_ids.__file__!r})
sdk_ids = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sdk_ids)
from kili.client import Kili
kili = Kili()
"""
CALLS = f"""
with sdk_ids.seeded_by(7):
    project = kili.create_project(
        input_type="IMAGE", json_interface={INTERFACE!r}, title={TITLE!r}
    )["id"]
    kili.append_many_to_dataset(
        project,
        content_array=["https://example.com/1.png", "https://example.com/2.png"],
        external_id_array=["one", "two"],
    )
    kili.append_many_to_dataset(project, content_array=["https://example.com/3.png"])
    ids = [each["id"] for each in kili.assets(project, fields=["id", "externalId"])]
    kili.append_labels(
        asset_id_array=ids[:1], json_response_array=[{CAT!r}], label_type="DEFAULT"
    )
"""


def test_each_generation_of_the_sdk_repeats_its_ids(sdk: SdkProcess) -> None:
    exports = []
    for _ in range(2):
        with Emulator(seed=7) as emulator:
            session = sdk.session(env=dict(emulator.environment()))
            session.run(LOAD).checked()
            session.run(CALLS).checked()
            exports.append(json.dumps(export_world(emulator.world)))
    assert exports[0] == exports[1]
    assert json.loads(exports[0])["labels"]


OWN_IDS = """
import cuid
from kili.services.asset_import import base

from kili_emulator import Emulator

before = (cuid.CuidGenerator.cuid, base.uuid4)
with Emulator():
    assert (cuid.CuidGenerator.cuid, base.uuid4) == before
with Emulator(seed=1):
    assert cuid.CuidGenerator.cuid is not before[0]
    assert base.uuid4 is not before[1]
assert (cuid.CuidGenerator.cuid, base.uuid4) == before
"""


def asset_ids(emulator: Emulator) -> list[str]:
    """Append an asset with the SDK in this process; return the ids of the project's assets."""
    kili = emulator.client()
    (project,) = kili.projects(fields=["id"], disable_tqdm=True)
    kili.append_many_to_dataset(
        project["id"],
        content_array=["https://example.com/a.png"],
        external_id_array=["appended"],
        disable_tqdm=True,
    )
    return [each["id"] for each in emulator.world.export()["assets"]]


class TestSdkIds:
    def test_a_reset_repeats_the_ids_of_the_sdk(self) -> None:
        with Emulator(seed=3) as emulator:
            first = asset_ids(emulator)
            emulator.reset()
            assert asset_ids(emulator) == first

    def test_seeds_differ(self) -> None:
        found = []
        for seed in (3, 4):
            with Emulator(seed=seed) as emulator:
                found.append(asset_ids(emulator)[-1])
        assert found[0] != found[1]

    def test_the_sdk_makes_its_own_ids_without_a_seed_and_afterwards(self, tmp_path: Path) -> None:
        # In a process of its own: the emulator of the session of tests has a seed.
        ended = warm_interpreter.run(
            ["-c", OWN_IDS], environment=os.environ, folder=tmp_path, timeout=60
        )
        assert (ended.returncode, ended.stdout) == (0, "")

    def test_two_emulators_may_end_in_any_order(self) -> None:
        import cuid

        before = cuid.CuidGenerator.cuid
        one, two = Emulator(seed=1), Emulator(seed=2)
        one.__enter__()
        two.__enter__()
        one.__exit__(None, None, None)
        assert cuid.cuid() != cuid.cuid()
        two.__exit__(None, None, None)
        assert cuid.CuidGenerator.cuid is before

    def test_ids_of_one_origin_are_numbered_and_a_new_origin_begins_anew(self) -> None:
        import cuid

        with sdk_ids.seeded_by(1):
            first = [cuid.cuid(), cuid.cuid()]
        with sdk_ids.seeded_by(1):
            second = [cuid.cuid(), cuid.cuid()]
        assert first == second
        assert first[0] != first[1]


def world_of(seed: int | None, **options: Any) -> dict[str, Any]:
    with Emulator(seed=seed, **options) as emulator:
        return json.loads(json.dumps(export_world(emulator.world)))


class TestStart:
    def test_a_seed_fixes_the_start_of_the_world(self) -> None:
        assert world_of(5) == world_of(5)
        assert world_of(5)["labels"][0]["createdAt"] == "2026-01-05T09:00:00.000Z"

    def test_seeds_give_different_ids(self) -> None:
        assert world_of(5) != world_of(6)

    def test_a_world_with_a_seed_begins_at_its_start_time(self) -> None:
        world = world_of(5, start_time="2024-02-29T12:00:00Z")
        assert world["users"][0]["createdAt"] == "2024-02-29T12:00:00.000Z"

    def test_the_clock_of_a_world_without_a_seed_runs_from_its_start_time(self) -> None:
        world = world_of(None, start_time="2024-02-29T12:00:00Z")
        created = [each["createdAt"] for each in world["users"] + world["labels"]]
        assert min(created) >= "2024-02-29T12:00:00.000Z"
        assert max(created) < "2024-02-29T13"

    def test_a_world_with_a_seed_can_start_now(self) -> None:
        with freeze_time("2031-05-01"):
            world = world_of(5, start_time="now")
        assert world["users"][0]["createdAt"] == "2031-05-01T00:00:00.000Z"

    def test_a_frozen_system_clock_governs_a_world_with_a_seed(self) -> None:
        with freeze_time("2031-05-01"):
            world = world_of(5)
        assert world["users"][0]["createdAt"] == "2031-05-01T00:00:00.000Z"


def test_an_export_omits_members_that_the_documents_have(tmp_path: Path) -> None:
    with fast_sdk(), Emulator(seed=0) as emulator:
        play(emulator, tmp_path)
        full, exported = emulator.world.export(), export_world(emulator.world)
    for table, members in OMITTED.items():
        assert members <= full[table][0].keys(), table
        assert not members & exported[table][0].keys(), table
    archive = next(each for each in exported["files"] if not each["projectId"])
    assert "digest" not in archive
