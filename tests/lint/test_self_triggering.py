"""KP81x and KP82x: calls with which a plugin triggers itself, or damages itself."""

from __future__ import annotations

import pytest

from tests.lint.marked_source import SURFACE, Files, expected_findings, in_handler, lint_findings
from tests.lint.test_typed_events import plugin as subscribed

SUBMITS = "self.kili.append_labels([asset_id], [{}], label_type='DEFAULT')"
QUIET = ("KP901", "KP904")  # the SDK of these tests is a small one


def own_call_findings(files: Files) -> list[tuple[str, int, str]]:
    return [each for each in lint_findings(files, surface=SURFACE) if each[2] not in QUIET]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("on_submit", f"{SUBMITS}  # KP811"),
        ("on_submit", "self.kili.append_labels([asset_id], [{}])  # KP811"),
        ("on_submit", "self.kili.append_labels([asset_id], [{}], 'DEFAULT')  # KP811"),
        ("on_submit", "self.kili.append_to_labels({}, label_asset_id=asset_id)  # KP811"),
        ("on_submit", "kili = self.kili\nkili.append_labels([asset_id], [{}])  # KP811"),
        ("on_submit", "self.kili.append_labels([asset_id], [{}], label_type='PREDICTION')"),
        ("on_submit", "self.kili.append_labels([asset_id], [{}], label_type=label['labelType'])"),
        ("on_submit", "self.kili.append_labels(**label)"),
        ("on_submit", "self.kili.append_labels(*label)"),
        ("on_submit", "self.kili.append_labels([asset_id], [{}], 'REVIEW')"),
        ("on_submit", "self.kili.send_back_to_queue([asset_id])"),
        ("on_review", "self.kili.append_labels([asset_id], [{}], 'REVIEW')  # KP811"),
        ("on_review", SUBMITS),
        ("on_custom_interface_click", SUBMITS),
        ("on_send_back_to_queue", "self.kili.send_back_to_queue([asset_id])  # KP811"),
    ],
)
def test_reports_handlers_that_cause_their_own_event(name: str, body: str) -> None:
    source = in_handler(body, name=name)
    assert own_call_findings(source) == expected_findings(source)


@pytest.mark.parametrize(
    "body",
    [
        f"if label['authorId'] != 'me':\n    {SUBMITS}",
        f"if label['authorId'] == 'me':\n    return\n{SUBMITS}",
        f"if label.get('author.id') == 'me': return\n{SUBMITS}",
        f"author = label['authorId']\nif author != 'me':\n    {SUBMITS}",
        f"if label['modelName'] is None:\n    {SUBMITS}",
        f"labels = self.kili.labels(self.project_id, asset_id)\nif len(labels) < 3:\n    {SUBMITS}",
        f"n = len(list(self.kili.labels(self.project_id)))\nif n == 2:\n    {SUBMITS}",
        f"for each in self.kili.labels(1):\n    if each['x']: continue\n    {SUBMITS}",
        f"{SUBMITS} if label['authorId'] else None",
    ],
)
def test_condition_on_author_or_platform_ends_the_loop(body: str) -> None:
    assert own_call_findings(in_handler(body)) == []


def test_condition_may_call_a_function_that_uses_the_client() -> None:
    source = in_handler(f"there = self.there()\nif len(there) != 2:\n    return\n{SUBMITS}")
    method = "\n    def there(self):\n        return list(self.kili.labels(self.project_id))\n"
    idle = "\n    def there(self):\n        return [1, 2]\n"

    assert own_call_findings(source + method) == []
    assert [code for *_, code in own_call_findings(source + idle)] == ["KP811"]


@pytest.mark.parametrize(
    "body",
    [
        f"if label['jsonResponse']:\n    {SUBMITS}  # KP811",
        f"if label['labelType'] == 'DEFAULT':\n    {SUBMITS}  # KP811",
        f"if not label['jsonResponse']: return\n{SUBMITS}  # KP811",
        f"{SUBMITS}  # KP811\nif label['authorId']: return",
        f"if label['authorId']: print('me')\n{SUBMITS}  # KP811",
    ],
)
def test_other_conditions_do_not_end_the_loop(body: str) -> None:
    source = in_handler(body)
    assert own_call_findings(source) == expected_findings(source)


def test_follows_functions_that_a_handler_calls() -> None:
    files: Files = {
        "main.py": in_handler("self.go(asset_id)", "import helpers")
        + "\n    def go(self, asset_id):\n        helpers.submit(self.kili, asset_id)\n",
        "helpers.py": "def submit(client, asset_id):\n"
        "    client.append_labels([asset_id], [{}])  # KP811\n",
    }
    assert own_call_findings(files) == expected_findings(files)
    guarded = {
        **files,
        "main.py": str(files["main.py"]).replace(
            "self.go(asset_id)\n", "if label['authorId']: self.go(asset_id)\n", 1
        ),
    }
    assert own_call_findings(guarded) == []


UPDATES = "self.kili.update_properties_in_assets([1], json_metadatas=[{}])"


@pytest.mark.parametrize(
    ("annotation", "call", "causes"),
    [
        ("AssetEvent", UPDATES, True),
        ("ke.AssetUpdatedEvent", UPDATES, True),
        ("ke.AnyEvent", UPDATES, True),
        ("AssetSkippedEvent", UPDATES, False),
        ("AssetSkippedEvent | AssetEvent", UPDATES, True),
        ("AssetSkippedEvent", "self.kili.skip_or_unskip('skip', 1, 2)", False),
        ("AssetSkippedEvent", "self.kili.skip_or_unskip(action='skip')", True),
        ("AssetSkippedEvent", "self.kili.skip_or_unskip(action='unskip')", False),
        ("LabelWorkflowCreatedEvent", "self.kili.append_labels([1], [{}])", True),
        ("LabelWorkflowCreatedEvent", "self.kili.create_predictions(1)", True),
        ("AssetEvent", "self.kili.create_issues(1, [2])", True),
        ("AssetEvent", "self.kili.update_issue_status(issue_id=1, status='SOLVED')", True),
        ("AssetEvent", "self.kili.labels(1)", False),
    ],
)
def test_reports_methods_causing_their_own_event(annotation: str, call: str, causes: bool) -> None:
    mark = "  # KP812" if causes else ""
    source = subscribed(f"def got(self, event: {annotation}):\n    {call}{mark}")
    assert own_call_findings(source) == expected_findings(source)


def test_condition_on_the_user_ends_the_loop() -> None:
    body = f"def got(self, event: AssetEvent):\n    if event.user_id != 'me':\n        {UPDATES}"
    assert own_call_findings(subscribed(body)) == []


@pytest.mark.parametrize(
    ("test", "causes"),
    [
        ("payload['event'] == 'asset.updated'", True),
        ("payload['event'] == 'asset.skipped'", False),
        ("payload['userId'] != 'me' and payload['event'] == 'asset.updated'", False),
    ],
)
def test_events_of_on_event_are_the_subjects_in_its_code(test: str, causes: bool) -> None:
    mark = "  # KP812" if causes else ""
    source = (
        "from kili.plugins import PluginCore\nclass PluginHandler(PluginCore):\n"
        "    def on_event(self, payload):  # KP210\n"
        f"        if {test}:\n            {UPDATES}{mark}\n"
    )
    assert own_call_findings(source) == expected_findings(source)


@pytest.mark.parametrize(
    "body",
    [
        "self.kili.delete_project(self.project_id)  # KP821",
        "self.kili.archive_project(project_id=self.project_id)  # KP821",
        "mine = self.project_id\nself.kili.delete_project(mine)  # KP821",
        "self.kili.delete_project(label['x'])",
        "self.kili.delete_plugin('mine')  # KP822",
        "self.kili.update_plugin('main.py', 'mine')  # KP822",
        "self.kili.upload_plugin('x.py', 'other')  # KP822",
        "self.kili.deactivate_plugin_on_project('mine', self.project_id)  # KP822",
        "label.delete_plugin('mine')",
    ],
)
def test_reports_calls_that_remove_the_project_or_change_plugins(body: str) -> None:
    source = in_handler(body)
    assert own_call_findings(source) == expected_findings(source)
