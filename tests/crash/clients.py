"""Clients that write until the server is killed, and know what it has acknowledged."""

from __future__ import annotations

import hashlib
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from kili_emulator.config import GRAPHQL_PATH
from kili_emulator.domain.file import FileDoc
from kili_emulator.domain.world import View, World
from tests.kit.wire import document
from tests.kit.world_content import QUIET_PLUGIN, archive

ADMIN = "emulator-admin"
UNDONE_WORLD = "undone"  # the world that one client rolls back

# kind and name of a fact → its value; a missing fact is one that does not hold
Facts = dict[tuple[str, str], Any]
Content = dict[str, list[dict[str, Any]]]


class ServerGoneError(Exception):
    """The server was killed before it acknowledged a write."""


@dataclass
class Account:
    """What a client may expect of the server.

    Attributes:
        facts: the facts that hold by the acknowledged writes.
        pending: what the write without an answer changes; ``None`` for a fact that it ends.
        acknowledged: the number of acknowledged writes.
    """

    facts: Facts = field(default_factory=dict)
    pending: Facts = field(default_factory=dict)
    acknowledged: int = 0

    def settle(self, found: Facts) -> str | None:
        """Compare the facts with those that were found after a restart.

        The pending write has happened as a whole, or not at all.

        Returns:
            a description of the difference, if there is one.
        """
        expected = [self.facts, self.after(self.pending)]
        self.facts, self.pending = found, {}
        if found in expected:
            return None
        before = expected[0]
        names = before.keys() | found.keys() | expected[1].keys()
        wrong = {
            name: (before.get(name), expected[1].get(name), found.get(name))
            for name in names
            if found.get(name) not in (before.get(name), expected[1].get(name))
        }
        return f"(acknowledged, or pending, found): {wrong}" if wrong else "half of a write"

    def after(self, changes: Facts) -> Facts:
        merged = {**self.facts, **changes}
        return {name: value for name, value in merged.items() if value is not None}


class Client:
    """A client whose writes depend on its draws.

    Args:
        name: a prefix of the names of all that it creates.
        account: its account, which outlives the client.
        draw: its random draws.
        project_id: the project in which it works.

    Attributes:
        on_acknowledged: called after each acknowledged write.
    """

    def __init__(self, name: str, account: Account, draw: random.Random, project_id: str) -> None:
        self.on_acknowledged: Callable[[], None] = lambda: None
        self.name = name
        self.account = account
        self._draw = draw
        self._project_id = project_id
        self._http = requests.Session()
        self._http.trust_env = False
        self._url = ""

    def run(self, url: str) -> None:
        """Write until the server is killed."""
        self._url = url
        try:
            while True:
                self._write()
        except ServerGoneError:
            self.close()

    def close(self) -> None:
        self._http.close()

    def _write(self) -> None:
        writes = [self._append_assets, self._upload, self._create_plugin]
        weights = [4, 4, 1]
        if self._known("asset"):
            writes += [self._append_labels, self._prioritize, self._delete_asset]
            weights += [8, 3, 1]
        if self._known("plugin"):
            writes.append(self._upload_version)
            weights.append(1)
        (write,) = self._draw.choices(writes, weights)
        write()

    def _known(self, kind: str) -> list[str]:
        return [name for each, name in self.account.facts if each == kind]

    def _new_name(self) -> str:
        return f"{self.name}-{self._draw.getrandbits(64):016x}"

    def _commit(self, changes: Facts, send: Callable[[], object]) -> None:
        """Send a write; account for it once it is acknowledged."""
        self.account.pending = changes
        send()
        self.account.facts = self.account.after(changes)
        self.account.pending = {}
        self.account.acknowledged += 1
        self.on_acknowledged()

    def request(self, method: str, path: str, key: str = ADMIN, **options: Any) -> Any:
        """Send a request, and return the answer.

        Raises:
            ServerGoneError: there is no answer.
            AssertionError: the server refuses.
        """
        url = path if path.startswith("http") else self._url + path
        headers = {"Authorization": f"X-API-Key: {key}"}
        try:
            answer = self._http.request(method, url, headers=headers, timeout=60, **options)
        except requests.RequestException:
            raise ServerGoneError from None
        assert answer.ok, answer.text
        return answer

    def call(
        self, operation: str, key: str = ADMIN, selection: str = "__typename", **arguments: Any
    ) -> Any:
        """Send a GraphQL operation, and return its result."""
        query = document(operation, list(arguments), selection)
        body = {"query": query, "variables": arguments}
        content = self.request("POST", GRAPHQL_PATH, key, json=body).json()
        assert "errors" not in content, content
        return content["data"]["data"]

    def _append_assets(self) -> None:
        names = [self._new_name() for _ in range(self._draw.choice((1, 3, 20)))]
        data = {
            "contentArray": ["https://example.com/a.png"] * len(names),
            "externalIDArray": names,
        }
        where = {"id": self._project_id}
        self._commit(
            {("asset", name): 0 for name in names},
            lambda: self.call("appendManyAssets", data=data, where=where),
        )

    def _append_labels(self) -> None:
        asset = self._draw.choice(self._known("asset"))
        names = [self._new_name() for _ in range(self._draw.choice((1, 2, 15)))]
        row = {"assetID": self._asset_id(asset), "jsonResponse": "{}"}
        labels = [{**row, "modelName": name} for name in names]
        data = {"labelType": "PREDICTION", "labelsData": labels}
        self._commit(
            {("label", name): asset for name in names},
            lambda: self.call("appendManyLabels", data=data, where={}),
        )

    def _asset_id(self, external_id: str) -> str:
        where = {"project": {"id": self._project_id}, "externalIdIn": [external_id]}
        (found,) = self.call("assets", selection="id", where=where, first=1, skip=0)
        return str(found["id"])

    def _prioritize(self) -> None:
        asset, priority = self._draw.choice(self._known("asset")), self._draw.randrange(1, 1000)
        where = {"id": self._asset_id(asset)}
        self._commit(
            {("asset", asset): priority},
            lambda: self.call(
                "updatePropertiesInAssets", where=[where], data=[{"priority": priority}]
            ),
        )

    def _delete_asset(self) -> None:
        asset = self._draw.choice(self._known("asset"))
        where = {"idIn": [self._asset_id(asset)]}
        labels = [
            each
            for each, value in self.account.facts.items()
            if each[0] == "label" and value == asset
        ]
        self._commit(
            dict.fromkeys([("asset", asset), *labels]),
            lambda: self.call("deleteAssets", where=where),
        )

    def _upload(self) -> None:
        file_id = f"projects/{self._project_id}/assets/{self._new_name()}/content"
        (url,) = self.call("createUploadBucketSignedUrls", filePaths=[file_id])
        content = self._draw.randbytes(self._draw.choice((10, 1000, 200_000)))
        self._commit(
            {("file", file_id): hashlib.sha256(content).hexdigest()},
            lambda: self.request("PUT", url, data=content),
        )

    def _create_plugin(self) -> None:
        name = self._new_name()
        self._commit(
            {("plugin", name): 0}, lambda: self.call("createPlugin", data={"pluginName": name})
        )

    def _upload_version(self) -> None:
        name = self._draw.choice(self._known("plugin"))
        url = self.call("generateUpdateUrl", data={"pluginName": name})
        self._commit({}, lambda: self.request("PUT", url, data=archive(main__py=QUIET_PLUGIN)))
        count = self.account.facts["plugin", name] + 1
        self._commit(
            {("plugin", name): count},
            lambda: self.call("createPluginRunner", data={"pluginName": name}),
        )


class UndoingClient(Client):
    """A client that sets marks in a world of its own, and rolls the world back to them."""

    def _write(self) -> None:
        path = f"/_emulator/worlds/{UNDONE_WORLD}"
        marked = dict(self.account.facts)
        mark = self.request("POST", f"{path}/mark").json()
        for _ in range(self._draw.randrange(3)):
            self._create_project()
        if self._draw.random() < 0.7:
            undone: Facts = dict.fromkeys(self.account.facts.keys() - marked.keys())
            self._commit(undone, lambda: self.request("POST", f"{path}/reset", json={"mark": mark}))

    def _create_project(self) -> None:
        title = self._new_name()
        key = f"{ADMIN}.{UNDONE_WORLD}"
        self._commit(
            {("project", title): True},
            lambda: self.call("createProject", key, data={"title": title, "inputType": "TEXT"}),
        )


def find_facts(world: World, client: str) -> Facts:
    """Return the facts about all that a client has created in a world.

    Raises:
        StorageError: the bytes of a file are missing or damaged.
    """
    view, prefix = world.view, f"{client}-"
    assets = {each["id"]: each["externalId"] for each in view.assets.all()}
    facts: Facts = {
        ("asset", each["externalId"]): each["priority"]
        for each in view.assets.all()
        if each["externalId"].startswith(prefix)
    }
    for label in view.labels.all():
        if (label["modelName"] or "").startswith(prefix):
            facts["label", str(label["modelName"])] = assets[label["assetId"]]
    for plugin in view.plugins.all():
        if plugin["name"].startswith(prefix):
            facts["plugin", plugin["name"]] = _count_versions(view, plugin["id"])
    for project in view.projects.all():
        if project["title"].startswith(prefix):
            facts["project", project["title"]] = True
    for each in view.files.all():
        content_digest = _digest(world, each)
        if f"/{prefix}" in each["id"]:
            facts["file", each["id"]] = content_digest
    return facts


def _count_versions(view: View, plugin_id: str) -> int:
    return view.plugin_versions.count("plugin", plugin_id)


def _digest(world: World, file: FileDoc) -> str:
    content = world.blobs.get(file["digest"])
    assert len(content) == file["size"], file
    return hashlib.sha256(content).hexdigest()


def run_all(clients: list[Client], url: str) -> list[BaseException]:
    """Let clients write side by side until the server is killed; return their unexpected errors."""
    errors: list[BaseException] = []

    def run(client: Client) -> None:
        try:
            client.run(url)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(each,)) for each in clients]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return errors
