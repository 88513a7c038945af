"""Random graphs of plugins that cause runs of one another, with the runs done at each answer.

A pool of plugins is deployed once: each kind of subscription several times. A graph states for
each plugin the projects, the duration and the calls. Plugins read the graph from a file, so the
same versions and processes serve all graphs.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from kili_emulator import Emulator
from kili_emulator.domain.world import View
from tests.kit.responses import EASY, EASY_JSON
from tests.kit.wire import Wire, document
from tests.kit.wire_plugins import activate_plugin
from tests.kit.world_content import deploy_plugin

SOON = 60.0
COPIES = 2
Call = tuple[str, dict[str, Any]]  # a document and its variables
PATTERNS = {
    "submit": None,  # the handler on_submit
    "assets": ["asset.*"],
    "labels": ["label.*"],
    "both": ["asset.*", "label.*"],
    "issues": ["asset.issue.*"],
}
SUBJECTS = {
    "assets": "asset.updated",
    "labels": "label.workflow.edited",
    "both": "asset.updated",
    "issues": "asset.issue.created",
}

# It acts in its first few runs of a graph only, or some graphs would go on to the bound of depth
# with every branch. A token is a file that can be made once, from whichever process.
PLUGIN = """
import json, os, threading, time
import requests
from kili.plugins import PluginCore

FOLDER = {folder!r}


class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        self.act()

    def on_event(self, payload):
        self.act()

    def act(self):
        with open(os.path.join(FOLDER, "graph.json")) as opened:
            graph = json.load(opened)
        mine = graph["plugins"][{name!r}]
        time.sleep(mine["before"])
        if not self.has_token(graph["seed"], mine["tokens"]):
            return
        work = [threading.Thread(target=self.call, args=each) for each in mine["calls"]]
        for each in work:
            each.start()
            if not mine["at once"]:
                each.join()
        for each in work:
            each.join()
        time.sleep(mine["after"])

    def has_token(self, seed, count):
        for number in range(count):
            name = f"token-{{seed}}-{name}-{{number}}"
            try:
                os.close(os.open(os.path.join(FOLDER, name), os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                continue
            return True
        return False

    def call(self, query, variables):
        answer = requests.post(
            self.kili.api_endpoint,
            json={{"query": query, "variables": variables}},
            headers={{"Authorization": "X-API-Key: " + self.kili.api_key}},
            timeout=60,
        ).json()
        assert "errors" not in answer, answer
"""


def _issue(asset: str, text: str) -> Call:
    issues = [{"assetId": asset, "type": "QUESTION", "text": text}]
    return document("createIssues", ["issues", "where"]), {"issues": issues, "where": {}}


def _prediction(asset: str, text: str) -> Call:
    rows = [{"assetID": asset, "jsonResponse": EASY_JSON, "modelName": text}]
    data = {"labelType": "PREDICTION", "labelsData": rows}
    return document("appendManyLabels", ["data", "where"]), {"data": data, "where": {}}


def _metadata(asset: str, text: str) -> Call:
    data = [{"jsonMetadata": json.dumps({"text": text})}]
    query = document("updatePropertiesInAssets", ["where", "data"])
    return query, {"where": [{"id": asset}], "data": data}


def _send_back(asset: str, _: str) -> Call:
    query = document("sendBackAssetsToQueue", ["where"])
    return query, {"where": {"idIn": [asset]}}


CALLS = (_issue, _prediction, _metadata, _send_back)


class RootRequest(NamedTuple):
    """The runs below an outermost request when its answer arrived.

    Attributes:
        unfinished_runs: the ids of the runs that had not ended.
        runs: the ids of all runs.
    """

    asset: str
    unfinished_runs: list[str]
    runs: set[str]


@dataclass(frozen=True)
class GraphOutcome:
    """The result of a graph.

    Attributes:
        early: whether an answer arrived before a run below its request had ended, or had begun.
        missing: pairs of an event and a plugin that listens to it, without a run.
        runs: the number of runs.
        depth: the length of the longest chain of runs.
        failures: the errors of runs; empty if all is well.
    """

    seed: int
    early: bool
    missing: list[tuple[str, str]]
    runs: int
    depth: int
    failures: list[str]


class GraphRunner:
    """A running emulator with the pool of plugins, which runs one graph after another."""

    def __init__(self, emulator: Emulator, folder: Path) -> None:
        self._emulator = emulator
        self._folder = folder
        self._wire = Wire(emulator)
        self._pool = [f"{kind} {n}" for n in range(COPIES) for kind in PATTERNS]
        for name in self._pool:
            code = PLUGIN.format(folder=str(folder), name=name, easy=EASY_JSON)
            patterns = PATTERNS[name.split()[0]]
            asked = {"eventMatcher": patterns} if patterns else {"handlerTypes": ["onSubmit"]}
            assert deploy_plugin(self._wire, name, code, **asked) == "ACTIVE"
        (first,) = self._wire.ids("projects", {})
        data = {"title": "Other", "inputType": "TEXT", "jsonInterface": json.dumps({"jobs": {}})}
        second = self._wire.call("createProject", data={**data, "description": ""})["id"]
        content = {"contentArray": ["a", "b"], "externalIDArray": ["a", "b"]}
        self._wire.call("appendManyAssets", data=content, where={"id": second})
        self._projects = (first, second)
        self._mark = emulator.mark()
        self._events_before = len(emulator.world.view.events)

    def close(self) -> None:
        self._wire.close()

    def run_graph(self, seed: int) -> GraphOutcome:
        """Draw the graph of a seed, send one or two requests at once, and collect their runs."""
        rng = random.Random(seed)
        self._emulator.reset(self._mark)
        assets = self._set_up(rng, seed)
        with ThreadPoolExecutor(2) as pool:
            roots = list(pool.map(self._request, assets, [rng.random()] * len(assets)))
        assert self._emulator.wait_idle(SOON)
        view = self._emulator.world.view
        late = [each for each in roots if _below(view, each.asset) != each.runs]
        runs = view.runs.all()
        return GraphOutcome(
            seed,
            early=bool(late) or any(each.unfinished_runs for each in roots),
            missing=self._missing(view),
            runs=len(runs),
            depth=max((len(each["lanes"]) for each in runs), default=0),
            failures=[each["error"] for each in runs if each["error"]],
        )

    def _missing(self, view: View) -> list[tuple[str, str]]:
        """Return the pairs of an event and a plugin active on its project that have no run."""
        called = {(each["eventId"], each["pluginId"]) for each in view.runs.all()}
        return [
            (event["event"], plugin["name"])
            for event in view.events.all()[self._events_before :]
            for plugin in view.plugins.all()
            if event["projectId"] in plugin["projectIds"]
            and _listens(plugin["name"].split()[0], event["event"])
            and (event["id"], plugin["id"]) not in called
        ]

    def _set_up(self, rng: random.Random, seed: int) -> list[str]:
        """Activate plugins, write their graph file, and return the assets of the requests."""
        view = self._emulator.world.view
        assets = {
            project: [
                each["id"]
                for each in view.assets.find("project", project)
                if each["status"] == "TODO"
            ][:2]
            for project in self._projects
        }
        plugins: dict[str, Any] = {}
        for name in rng.sample(self._pool, rng.choice([1, 2, 3, 3, 4, 4])):
            active = rng.choice([self._projects[:1], self._projects])
            for project in active:
                activate_plugin(self._wire, name, project)
            reachable = [asset for each in active for asset in assets[each]]
            plugins[name] = {
                "before": rng.choice([0, 0, 0.002, 0.02]),
                "after": rng.choice([0, 0, 0.002, 0.02]),
                "at once": rng.random() < 0.3,
                "tokens": rng.choice([0, 1, 1, 2, 2, 3]),
                "calls": [
                    rng.choice(CALLS)(rng.choice(reachable), str(rng.random()))
                    for _ in range(rng.choice([0, 1, 1, 2, 2]))
                ],
            }
        for token in self._folder.glob("token-*"):
            token.unlink()
        graph = {"seed": seed, "plugins": plugins}
        (self._folder / "graph.json").write_text(json.dumps(graph), encoding="utf-8")
        return assets[self._projects[0]][: rng.choice([1, 1, 2])]

    def _request(self, asset: str, choice: float) -> RootRequest:
        """Send a request for an asset, and return the runs below it when the answer arrives."""
        ways: list[Callable[[str], object]] = [
            self._append,
            self._submit,
            self._ask,
            self._trigger,
        ]
        ways[int(choice * len(ways))](asset)
        view = self._emulator.world.view
        below = _below(view, asset)
        unfinished_runs = [
            each for each in below if view.runs.require(each)["outcome"] == "RUNNING"
        ]
        return RootRequest(asset, unfinished_runs, below)

    def _append(self, asset: str) -> None:
        rows = [{"assetID": asset, "jsonResponse": EASY_JSON}]
        data = {"labelType": "DEFAULT", "labelsData": rows}
        self._emulator_call("appendManyLabels", data=data, where={})

    def _submit(self, asset: str) -> None:
        self._emulator.submit(self._projects[0], asset, EASY, user="admin")

    def _ask(self, asset: str) -> None:
        issues = [{"assetId": asset, "type": "QUESTION", "text": "what?"}]
        self._emulator_call("createIssues", issues=issues, where={})

    def _trigger(self, asset: str) -> None:
        """Trigger a plugin, or submit a label if no plugin listens to events."""
        view = self._emulator.world.view
        active = [each["name"] for each in view.plugins.all() if each["projectIds"]]
        listening = [each for each in active if PATTERNS[each.split()[0]]]
        if not listening:
            self._submit(asset)
            return
        subject = SUBJECTS[listening[0].split()[0]]
        self._emulator.trigger(subject, listening[0], self._projects[0], {"assetId": asset})

    def _emulator_call(self, operation: str, **arguments: Any) -> None:
        """Send a request on a connection of its own, as two may be sent at once."""
        wire = Wire(self._emulator)
        wire.call(operation, **arguments)
        wire.close()


def _listens(kind: str, subject: str) -> bool:
    patterns = PATTERNS[kind]
    if patterns is None:
        return subject == "label.workflow.created.default"
    return any(subject.startswith(each.removesuffix("*")) for each in patterns)


def _below(view: View, asset: str) -> set[str]:
    """Return the ids of the runs below the outermost requests for an asset."""
    below: set[str] = set()
    for run in view.runs.all():
        is_ours = run["causedBy"] is None and run["metadata"]["assetId"] == asset
        if is_ours or run["causedBy"] in below:
            below.add(run["id"])
    return below


@contextmanager
def open_graph_runner(
    isolation: str, folder: Path, seed: int | None = None
) -> Iterator[GraphRunner]:
    """Start an emulator that runs graphs in an isolation.

    Args:
        seed: of the world; with a seed, all runs follow one another in all lanes.
    """
    with Emulator(plugin_isolation=isolation, seed=seed) as emulator:
        playing = GraphRunner(emulator, folder)
        yield playing
        playing.close()
