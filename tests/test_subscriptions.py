"""``kili.label_created_or_updated`` of real SDKs calls the callback for a new label."""

from __future__ import annotations

import threading
from typing import Any

from kili_emulator.app import Emulator
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.sdk_process import SdkSession

LISTEN = """
import json, threading

frames, is_called = [], threading.Event()

def callback(subscription_id, frame):
    frames.append((subscription_id, frame))
    is_called.set()

subscription = kili.label_created_or_updated(project_id, callback)
asset_id = kili.assets(project_id, status_in=["TODO"], fields=["id"])[0]["id"]
response = {"CLASSIFICATION_JOB": {"categories": [{"name": "EASY"}]}}
"""

# The SDK does not report when the server listens: a label that is too early is repeated.
MAKE_LABELS = """
for _ in range(20):
    kili.append_labels(
        asset_id_array=[asset_id], json_response_array=[response],
        model_name="m", label_type="INFERENCE",
    )
    if is_called.wait(3):
        break
{"frame": frames[0], "asset": asset_id}
"""

# The thread of the SDK ends when the server completes the subscription.
STOP = """
subscription._conn.send(json.dumps({"id": frames[0][0], "type": "stop"}))
subscription._st_id.join(30)
subscription._st_id.is_alive()
"""


def test_the_callback_is_called_with_the_recorded_frame(notebook: SdkSession) -> None:
    notebook.run(LISTEN).checked()
    found: dict[str, Any] = notebook.run(MAKE_LABELS).checked().value
    frame_id, frame = found["frame"]
    label = frame["payload"]["data"].pop("data")
    assert frame == {"type": "data", "id": frame_id, "payload": {"data": {}}}
    assert label.pop("id")
    assert label == {
        "author": {"email": "admin@example.com"},
        "labelOf": {"id": found["asset"]},
        "labelType": "INFERENCE",
        "jsonResponse": '{"CLASSIFICATION_JOB":{"categories":[{"name":"EASY"}]}}',
    }
    assert notebook.run(STOP).checked().value is False


def test_an_emulator_in_process_ends_the_sdks_subscriptions_when_it_closes() -> None:
    is_called = threading.Event()
    with fast_sdk(), Emulator(seed=0) as emulator:
        kili = emulator.client()
        project_id = kili.projects(fields=["id"])[0]["id"]
        asset = kili.assets(project_id, status_in=["TODO"], fields=["id"])[0]
        subscription = kili.label_created_or_updated(project_id, lambda *_: is_called.set())
        for _ in range(20):
            kili.append_labels(
                asset_id_array=[asset["id"]],
                json_response_array=[{"CLASSIFICATION_JOB": {"categories": [{"name": "EASY"}]}}],
                label_type="DEFAULT",
            )
            if is_called.wait(3):
                break
        assert is_called.is_set()
    subscription._st_id.join(20)
    assert not subscription._st_id.is_alive()
    subscription._conn.shutdown()
