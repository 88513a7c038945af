"""The traffic of each SDK generation is recorded, and answered without a server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kili_emulator import Emulator, record
from kili_emulator.app.recordings import Recording, open_recording
from kili_emulator.recording.cassette_file import read_cassette
from tests.kit.sdk_process import SdkProcess, SdkSession

SCRIPT = """
import datetime, os, pathlib
from kili.client import Kili

kili = Kili(api_key=os.environ["KILI_API_KEY"], api_endpoint=os.environ["KILI_API_ENDPOINT"])
interface = {"jobs": {"JOB_0": {"mlTask": "CLASSIFICATION", "required": 1, "isChild": False,
    "instruction": "Which?", "content": {"categories": {"A": {"children": [], "name": "A"}},
    "input": "radio"}}}}
project_id = kili.create_project(input_type="TEXT", title=TITLE, json_interface=interface,
    description="Line one.\\nLine two.")["id"]
pathlib.Path("text.txt").write_text("hello " + TITLE)
kili.append_many_to_dataset(project_id, content_array=["text.txt", "text.txt"],
    external_id_array=["one", "two"])
assets = kili.assets(project_id, fields=["id", "externalId", "content"])
kili.append_labels(asset_id_array=[assets[0]["id"]],
    json_response_array=[{"JOB_0": {"categories": [{"name": "A"}]}}])
kili.assets(project_id, fields=["id", "externalId", "content"], download_media=True,
    local_media_dir=str(pathlib.Path("media").absolute()))
[project_id, sorted((each["externalId"], each["id"]) for each in assets),
 kili.count_labels(project_id),
 sorted(each.read_text() for each in pathlib.Path("media").iterdir())]
"""


def run(sdk: SdkProcess, recording: Recording, folder: Path) -> SdkSession:
    folder.mkdir(exist_ok=True)
    return sdk.session(env=recording.environment, cwd=folder)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(seed=0) as running:
        yield running


def test_a_script_is_answered_as_it_was_recorded(
    sdk: SdkProcess, emulator: Emulator, tmp_path: Path
) -> None:
    code = SCRIPT.replace("TITLE", "'Fruit'")
    file = tmp_path / "cassette.yaml"
    with record(file, endpoint=emulator.endpoint, key=emulator.key()) as recording:
        recorded = run(sdk, recording, tmp_path / "one").run(code).checked().value

    with record(file, mode="none") as replay:
        answered = run(sdk, replay, tmp_path / "two").run(code).checked().value

    assert answered[0] == recorded[0]
    assert answered[2:] == recorded[2:] == [1, ["hello Fruit", "hello Fruit"]]
    ids, new_ids = ([id_ for _, id_ in each[1]] for each in (recorded, answered))
    assert not set(ids) & set(new_ids)  # the client makes the ids of its assets itself


def test_a_changed_script_fails_with_a_diff(
    sdk: SdkProcess, emulator: Emulator, tmp_path: Path
) -> None:
    file = tmp_path / "cassette.yaml"
    with record(file, endpoint=emulator.endpoint, key=emulator.key()) as recording:
        code = SCRIPT.replace("TITLE", "'Fruit'")
        run(sdk, recording, tmp_path / "one").run(code).checked()

    with open_recording(file, None, None, "none") as replay:
        code = SCRIPT.replace("TITLE", "'Vegetables'")
        outcome = run(sdk, replay, tmp_path / "two").run(code)
        differences = "\n".join(replay.differences)

    assert outcome.error
    assert re.search(r"^-\s+title: Fruit\n\+\s+title: Vegetables$", differences, re.M)
    assert "recorded requests were not sent" in differences


def test_no_secret_is_in_a_cassette(sdk: SdkProcess, emulator: Emulator, tmp_path: Path) -> None:
    file = tmp_path / "cassette.yaml"
    with open_recording(file, emulator.endpoint, emulator.key(), "all") as recording:
        session = run(sdk, recording, tmp_path / "one")
        value = session.run(SCRIPT.replace("TITLE", "'the key is ' + os.environ['KILI_API_KEY']"))
        assert value.checked().value[2] == 1
        url = (
            session.run(
                "from urllib.parse import urlsplit; import requests\n"
                "document = 'query($p: [String!]) {createUploadBucketSignedUrls(filePaths: $p)}'\n"
                "requests.post(os.environ['KILI_API_ENDPOINT'], json={'query': document,"
                " 'variables': {'p': [f'projects/{project_id}/assets/x/content']}}, headers={"
                "'Authorization': 'X-API-Key: ' + os.environ['KILI_API_KEY']}).json()"
            )
            .checked()
            .value["data"]["createUploadBucketSignedUrls"][0]
        )
        recording.save()

    token = re.search(r"token=([^&]+)", url)
    assert token
    content = file.read_bytes() + b"".join(read_cassette(file).media.values())
    for secret in (emulator.key(), token[1]):
        assert secret.encode() not in content
    assert b"token=redacted-" in content


def test_media_are_kept_as_they_were(sdk: SdkProcess, emulator: Emulator, tmp_path: Path) -> None:
    file = tmp_path / "cassette.yaml"
    document = b"%PDF-1.4\n" + bytes(range(256))
    code = f"""
import os, pathlib, requests
from kili.client import Kili

kili = Kili(api_key=os.environ["KILI_API_KEY"], api_endpoint=os.environ["KILI_API_ENDPOINT"])
project_id = kili.create_project(input_type="PDF", title="I", json_interface={{"jobs": {{}}}})["id"]
pathlib.Path("a.pdf").write_bytes({document!r})
kili.append_many_to_dataset(project_id, content_array=["a.pdf"])
url = kili.assets(project_id, fields=["content"])[0]["content"]
key = {{"Authorization": "X-API-Key: " + os.environ["KILI_API_KEY"]}}
list(requests.get(url, headers=key).content)
"""
    with record(file, endpoint=emulator.endpoint, key=emulator.key()) as recording:
        assert bytes(run(sdk, recording, tmp_path / "one").run(code).checked().value) == document

    with record(file, mode="none") as replay:
        assert bytes(run(sdk, replay, tmp_path / "two").run(code).checked().value) == document


def test_a_plugin_is_uploaded_in_a_replay(
    sdk: SdkProcess, emulator: Emulator, tmp_path: Path
) -> None:
    source = "from kili.plugins import PluginCore\n\nclass PluginHandler(PluginCore):\n"
    source += "    def on_submit(self, label, asset_id):\n        pass\n"
    code = f"""
import os, pathlib
from kili.client import Kili

kili = Kili(api_key=os.environ["KILI_API_KEY"], api_endpoint=os.environ["KILI_API_ENDPOINT"])
pathlib.Path("plugin.py").write_text({source!r})
kili.upload_plugin("plugin.py", "recorded-{id(sdk)}", verbose=False)
len([each for each in kili.list_plugins() if each["name"] == "recorded-{id(sdk)}"])
"""
    file = tmp_path / "cassette.yaml"
    with record(file, endpoint=emulator.endpoint, key=emulator.key()) as recording:
        assert run(sdk, recording, tmp_path / "one").run(code).checked().value == 1

    with record(file, mode="none") as replay:
        assert run(sdk, replay, tmp_path / "two").run(code).checked().value == 1
