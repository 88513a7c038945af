"""GraphQL requests get the same answers on the direct path as through the web framework."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask
import pytest

from kili_emulator.app import Emulator
from kili_emulator.domain import registry
from kili_emulator.http import request_body
from tests.http.test_metrics import requests_of, scrape
from tests.kit.wire import Wire

VIEWER = {"query": "{ data: viewer { email } }"}
BODY = json.dumps(VIEWER).encode()
# A request to change the protocol, which the server may ignore, is not for the direct path.
FRAMEWORK = {"Upgrade": "h2c"}
GZIP = {"Content-Encoding": "gzip"}

# Each request: its body, its key, its headers, and the status of its answer.
REQUESTS: dict[str, tuple[Any, str | None, dict[str, str], int]] = {
    "valid": (VIEWER, "admin", {}, 200),
    "refused by the platform": (
        {
            "query": 'mutation { appendToLabels(where: {id: "none"}, data: '
            '{jsonResponse: "{}", labelType: DEFAULT}) { id } }'
        },
        "admin",
        {},
        200,
    ),
    "unknown field": ({"query": "{ invented }"}, "admin", {}, 400),
    "no document": ({"query": "{"}, "admin", {}, 400),
    "no query": ({}, "admin", {}, 400),
    "no JSON": (b"{", "admin", {}, 400),
    "gzip": (gzip.compress(BODY), "admin", GZIP, 200),
    "no gzip": (BODY, "admin", GZIP, 400),
    "unknown encoding": (BODY, "admin", {"Content-Encoding": "br"}, 415),
    "no key": (VIEWER, None, {}, 401),
    "wrong key": (VIEWER, "wrong", {}, 401),
    "key of an ended run": (VIEWER, "kili-run-of-long-ago", {}, 200),
    "foreign host": (VIEWER, "admin", {"Host": "evil.example"}, 403),
    "malformed host": (VIEWER, "admin", {"Host": "a@[::1"}, 403),
    "foreign origin": (VIEWER, "admin", {"Origin": "http://evil.example"}, 403),
    "foreign site": (VIEWER, "admin", {"Sec-Fetch-Site": "cross-site"}, 403),
}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "requests.jsonl"


@pytest.fixture
def wire(log: Path) -> Iterator[Wire]:
    with Emulator(seed=0, request_log=log) as emulator:
        wire = Wire(emulator)
        yield wire
        wire.close()


@pytest.fixture
def framework_requests(wire: Wire) -> list[str]:
    """The paths of the requests that reach the web framework, as they come."""
    paths: list[str] = []
    flask.request_started.connect(
        lambda *_, **__: paths.append(flask.request.path),
        wire.emulator.platform.application,
        weak=False,
    )
    return paths


def without_id_and_date(headers: Any) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in ("X-Request-Id", "Date")}


def without_time(line: str) -> str:
    return re.sub(r'"time":"[^"]*"', "", line)


@pytest.mark.parametrize("name", REQUESTS)
def test_both_paths_give_the_same_answer(
    wire: Wire, log: Path, framework_requests: list[str], name: str
) -> None:
    body, key, headers, status = REQUESTS[name]
    answers, counts, lines = [], [], []
    for more in ({}, FRAMEWORK):
        log.write_text("")
        before = requests_of(scrape(wire))
        answer = wire.post(body, key=key, headers={**headers, **more})
        after = requests_of(scrape(wire))
        answers.append((answer.status_code, without_id_and_date(answer.headers), answer.text))
        counts.append({each: value - before.get(each, 0) for each, value in after.items()})
        lines.append(without_time(log.read_text("utf-8")))
        assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"])
    assert answers[0] == answers[1]
    assert answers[0][0] == status
    assert answers[0][1]["X-Content-Type-Options"] == "nosniff"
    assert [each for each, count in counts[0].items() if count == 1] == [
        each for each, count in counts[1].items() if count == 1
    ]
    assert lines[0] == lines[1]
    assert bool(lines[0]) == (status != 403)
    assert framework_requests.count("/api/label/v2/graphql") == 1


def test_both_paths_give_the_same_answer_after_a_defect(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    authorization = wire.authorization("admin")

    def fail(*_: object) -> None:
        raise RuntimeError("a defect")

    with monkeypatch.context() as patch:
        patch.setattr(registry.WorldRegistry, "authenticate", fail)
        direct, other = (
            wire.post(VIEWER, key=None, headers={**authorization, **more})
            for more in ({}, FRAMEWORK)
        )
    assert direct.status_code == other.status_code == 500
    assert direct.text == other.text
    assert without_id_and_date(direct.headers) == without_id_and_date(other.headers)
    texts = [each.getMessage() for each in caplog.records if each.exc_info]
    assert texts == ["POST /api/label/v2/graphql failed"] * 2


def test_both_paths_limit_the_body(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "_MAX_BODY", 100)
    for more in ({}, FRAMEWORK):
        for body, headers in ((b" " * 101, {}), (gzip.compress(b" " * 10_000), GZIP)):
            answer = wire.post(body, headers={**headers, **more})
            assert (answer.status_code, "larger than" in answer.text) == (413, True)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/label/v2/graphql", 405),
        ("OPTIONS", "/api/label/v2/graphql", 200),
        ("POST", "/api/label/v2/graphql/", 404),
        ("POST", "/api/label/v2//graphql", 308),
        ("POST", "/API/label/v2/graphql", 404),
    ],
)
def test_other_requests_are_answered_by_the_framework(
    wire: Wire, framework_requests: list[str], method: str, path: str, status: int
) -> None:
    headers = wire.authorization("admin")
    answer = wire.request(method, path, data=BODY, headers=headers, allow_redirects=False)
    assert answer.status_code == status
    assert len(framework_requests) == 1


def test_direct_path_does_not_reach_the_framework(
    wire: Wire, framework_requests: list[str]
) -> None:
    assert wire.post(VIEWER).status_code == 200
    assert wire.request("POST", "/api/label/v2/graphql?x=1", data=BODY).status_code == 401
    assert framework_requests == []
