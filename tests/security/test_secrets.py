"""Secrets planted in each place that takes one appear in no log, error, record or export.

tests/test_run_secrets.py has the records of runs, which plugins fill.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.kit.server_under_test import RemoteWorld, ServerUnderTest

# Each secret begins with this.
HUSH = "hush-hush"
PASSWORD = f"{HUSH}-password-1A!"
DIRECT: dict[str, Any] = {"proxies": {"http": "", "https": ""}, "timeout": 30}


@dataclass(frozen=True)
class SecretiveServer:
    """A server that has received secrets, and the answers that do not go to their owner."""

    server: ServerUnderTest
    world: RemoteWorld
    answers: list[requests.Response]


def post(world: RemoteWorld, key: str, query: str, **variables: Any) -> requests.Response:
    headers = {"Authorization": f"X-API-Key: {key}"}
    body = {"query": query, "variables": variables}
    return requests.post(world.endpoint, json=body, headers=headers, **DIRECT)


def done(world: RemoteWorld, query: str, **variables: Any) -> Any:
    answer = post(world, world.keys["admin"], query, **variables).json()
    assert "errors" not in answer, answer
    return answer["data"]


@pytest.fixture(scope="module")
def secretive_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecretiveServer]:
    folder = tmp_path_factory.mktemp("secretive")
    log = folder / "requests.jsonl"
    with ServerUnderTest(folder / "data", "--request-log", str(log)) as server:
        world = server.world()
        yield SecretiveServer(server, world, list(plant_secrets(server, world)))


CREATE_USER = "mutation($d: CreateUserData!) { createUser(data: $d) { id } }"
ADD_KEY = (
    "mutation($w: UserWhere!, $d: AppendToApiKeysData!) { appendToApiKeys(where: $w, data: $d)"
    " { id } }"
)
WEBHOOK = "mutation($d: CreateWebhookData!) { createWebhook(data: $d) }"
CHANGE = (
    "mutation($w: UserWhere!, $d: UpdatePasswordData!) { updatePassword(where: $w, data: $d)"
    " { id } }"
)


def plant_secrets(server: ServerUnderTest, world: RemoteWorld) -> Iterator[requests.Response]:
    """Send secrets to the server; yield the answers that must not contain them."""
    user = {"email": "new@example.com", "password": PASSWORD}
    new = done(world, CREATE_USER, d=user)["createUser"]
    done(world, ADD_KEY, w=new, d={"name": "planted", "key": f"{HUSH}-key"})
    passwords = {"oldPassword": PASSWORD}
    passwords |= {f"newPassword{number}": f"{PASSWORD}-new" for number in (1, 2)}
    done(world, CHANGE, w=new, d=passwords)
    url = f"http://user:{HUSH}-url@127.0.0.1:9/hook?token={HUSH}-token"
    data = {"pluginName": "Hook", "webhookUrl": url, "header": f"{HUSH}-header"}
    done(world, WEBHOOK, d=data)
    activate = "mutation($w: PluginOnProjectWhere!) { activatePluginOnProject(where: $w) }"
    done(world, activate, w={"pluginName": "Hook", "projectId": world.project_id})
    asset = done(world, "{ assets(where: {}, first: 1, skip: 0) { id } }")["assets"][0]["id"]
    rows = {"labelType": "DEFAULT", "labelsData": [{"assetID": asset, "jsonResponse": "{}"}]}
    append = "mutation($d: AppendManyLabelsData!) { appendManyLabels(data: $d, where: {}) { id } }"
    done(world, append, d=rows)
    assert world.wait_idle()
    # Errors about other users' secrets, and errors outside GraphQL
    yield post(world, f"{HUSH}-wrong-key", "{ viewer { id } }")
    yield post(world, world.keys["labeler"], CREATE_USER, d=user)
    yield post(world, world.keys["labeler"], CHANGE, w=new, d=passwords)
    taken = {"name": "again", "key": f"{HUSH}-key"}
    yield post(world, world.keys["admin"], ADD_KEY, w=new, d=taken)
    yield post(world, world.keys["admin"], WEBHOOK, d=data)
    yield post(world, world.keys["admin"], CHANGE, w=new, d={**passwords, "oldPassword": "x"})
    wrong = {"Authorization": f"X-API-Key: {HUSH}-wrong-key"}
    for path in (f"/api/label/v2/files?id=x&token={HUSH}-token", "/_emulator/worlds", "/nothing"):
        yield requests.get(server.url + path, headers=wrong, **DIRECT)
    upload = f"{server.url}/api/label/v2/files/upload?token={HUSH}-token"
    yield requests.put(upload, data=b"x", headers=wrong, **DIRECT)


def test_answers_about_secrets_do_not_repeat_them(secretive_server: SecretiveServer) -> None:
    assert len(secretive_server.answers) == 10
    for answer in secretive_server.answers:
        assert answer.status_code in (401, 403, 404) or answer.json()["errors"]
        assert HUSH not in answer.text, answer.request.url
        assert HUSH not in str(answer.headers)


def test_logs_contain_no_secret(secretive_server: SecretiveServer) -> None:
    server = secretive_server.server
    lines = (server.data_dir.parent / "requests.jsonl").read_text(encoding="utf-8").splitlines()
    operations = [each for line in lines for each in json.loads(line)["operations"]]
    assert {"Mutation.createUser", "Mutation.createWebhook"} <= set(operations)
    assert HUSH not in "\n".join(lines)
    assert secretive_server.world.keys["admin"] not in "\n".join(lines)
    assert HUSH not in "\n".join(server.output)


def test_export_and_views_of_the_control_plane_mask_secrets(
    secretive_server: SecretiveServer,
) -> None:
    server, world = secretive_server.server, secretive_server.world
    exported = world.export()
    assert HUSH not in json.dumps(exported)
    assert {each["key"] for each in exported["apiKeys"]} == {"***"}
    assert {each["password"] for each in exported["users"]} == {None, "***"}
    (hook,) = exported["pluginVersions"]
    assert json.dumps(hook).count("***") == 3
    (run,) = exported["runs"]
    for path in ("runs", f"runs/{run['id']}", "plugins", "plugins/versions?plugin=Hook"):
        view = json.dumps(server.control("GET", f"/worlds/{world.name}/{path}"))
        assert HUSH not in view, path


def test_stored_passwords_are_hashed(secretive_server: SecretiveServer) -> None:
    data = secretive_server.server.data_dir
    content = b"".join(each.read_bytes() for each in data.rglob("*") if each.is_file())
    assert f"{HUSH}-header".encode() in content  # the scan finds what is stored
    assert PASSWORD.encode() not in content


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_files_with_secrets_are_private(secretive_server: SecretiveServer) -> None:
    folder = secretive_server.server.data_dir
    modes = {each: stat.S_IMODE(each.stat().st_mode) for each in [folder, *folder.rglob("*")]}
    assert {"secret", "documents.sqlite", "server.json"} <= {each.name for each in modes}
    for path, mode in modes.items():
        assert mode == (0o700 if path.is_dir() else 0o600), path
    log = Path(folder.parent / "requests.jsonl")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_list_of_keys_shows_other_users_keys_to_administrators_only(
    secretive_server: SecretiveServer,
) -> None:
    world = secretive_server.world
    query = "{ apiKeys(where: {}, first: 100, skip: 0) { key user { email } } }"
    for user in ("labeler", "reviewer", "manager"):
        answer = post(world, world.keys[user], query)
        assert HUSH not in answer.text
        (own,) = answer.json()["data"]["apiKeys"]
        assert own["key"] == world.keys[user]
