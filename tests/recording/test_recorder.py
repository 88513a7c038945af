"""The recorder and the replay, with plain HTTP requests and a server that answers as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.wrappers import Request, Response

from kili_emulator import Emulator, record
from kili_emulator.app.recordings import CassetteDifferenceError, Recording, open_recording
from kili_emulator.errors import KiliError
from kili_emulator.http.server import HttpServer

KEY = "secret-key-1"
TITLE = "query title($id: ID!) { title(id: $id) }"


class Platform:
    """A server with an answer that a test chooses."""

    def __init__(self) -> None:
        self.answer: Callable[[Request], Response] = lambda request: Response("")
        self._server = HttpServer(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.port}"
        self._server.start()
        self.stop = self._server.stop

    def _serve(self, environ: Any, start_response: Any) -> Any:
        return self.answer(Request(environ))(environ, start_response)

    def answer_json(self, value: Any, **headers: str) -> None:
        self.answer = lambda _: Response(
            json.dumps(value), headers=headers, content_type="application/json"
        )

    def recorded(self, file: Path) -> Any:
        return record(file, endpoint=self.url, key=KEY)


@pytest.fixture
def platform() -> Iterator[Platform]:
    running = Platform()
    yield running
    running.stop()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cassette.yaml"


def ask(recording: Recording, query: str = TITLE, key: str = KEY, **variables: Any) -> Any:
    return requests.post(
        recording.endpoint,
        json={"query": query, "variables": variables},
        headers={"Authorization": f"X-API-Key: {key}"},
        timeout=10,
    )


def difference(file: Path, act: Callable[[Recording], Any]) -> CassetteDifferenceError:
    """Return the error of a replay during which a function sends other requests."""

    def replay() -> None:
        with record(file, mode="none") as running:
            act(running)

    with pytest.raises(CassetteDifferenceError) as caught:
        replay()
    return caught.value


def test_headers_that_clients_read_are_replayed(platform: Platform, file: Path) -> None:
    platform.answer = lambda _: Response("busy", 429, {"Retry-After": "7", "X-Other": "1"})
    with platform.recorded(file) as recording:
        assert ask(recording).headers["Retry-After"] == "7"

    with record(file, mode="none") as replay:
        answer = ask(replay)

    assert (answer.status_code, answer.text, answer.headers["Retry-After"]) == (429, "busy", "7")
    assert "X-Other" not in answer.headers


def test_secret_members_are_masked(platform: Platform, file: Path) -> None:
    platform.answer_json({"data": {"user": {"password": "hunter-22", "name": "is hunter-22"}}})
    with platform.recorded(file) as recording:
        query = 'mutation { login(password: "literal-33", s3SecretKey: "literal-44") }'
        ask(recording, query, data={"newPassword": "variable-55", "text": "my variable-55"})

    text = file.read_text()
    assert "password: '***'" in text
    for secret in ("hunter-22", "literal-33", "literal-44", "variable-55", KEY):
        assert secret not in text


def test_secret_members_in_texts_with_json_are_masked(platform: Platform, file: Path) -> None:
    platform.answer = lambda _: Response('{"token": "answer-11"}', content_type="text/plain")
    with platform.recorded(file) as recording:
        ask(recording, data={"jsonMetadata": json.dumps({"apiKey": "nested-22", "a": [1]})})

    text = file.read_text()
    assert "jsonMetadata: !json\n          apiKey: '***'\n" in text
    assert "answer-11" not in text
    assert "nested-22" not in text


def test_a_secret_that_is_found_late_is_masked_earlier(platform: Platform, file: Path) -> None:
    platform.answer_json({"data": {"text": "see secret-key-2"}})
    with platform.recorded(file) as recording:
        ask(recording)
        ask(recording, key="secret-key-2")

    assert "secret-key-2" not in file.read_text()


def test_signed_urls_of_other_servers_are_recorded(platform: Platform, file: Path) -> None:
    storage = Platform()
    storage.answer = lambda request: Response(request.url.partition("?")[2], 201)
    other = storage.url.replace("127.0.0.1", "localhost")
    signed = f"{other}/bucket/x?X-Goog-Signature=abcdef123&x=1"
    platform.answer_json({"data": {"urls": [signed, "https://example.com/public"]}})
    with platform.recorded(file) as recording:
        urls = ask(recording).json()["data"]["urls"]
        assert urls[1] == "https://example.com/public"
        answer = requests.put(urls[0], data=b"abc", timeout=10)
        assert (answer.status_code, answer.text) == (201, "X-Goog-Signature=abcdef123&x=1")
    storage.stop()
    platform.stop()

    with record(file, mode="none") as replay:
        assert requests.put(ask(replay).json()["data"]["urls"][0], b"abc", timeout=10).ok
    assert "abcdef123" not in file.read_text()


def test_clients_send_the_servers_own_addresses(platform: Platform, file: Path) -> None:
    sent = []

    def answer(request: Request) -> Response:
        sent.append(json.loads(request.get_data()))
        body = json.dumps({"data": {"url": f"{platform.url}/files?id=1"}})
        return Response(body, content_type="application/json")

    platform.answer = answer
    with platform.recorded(file) as recording:
        url = ask(recording).json()["data"]["url"]
        assert not url.startswith(platform.url)
        ask(recording, "mutation { use }", url=url)

    assert sent[1]["variables"] == {"url": f"{platform.url}/files?id=1"}
    assert platform.url not in file.read_text()


def test_concurrent_requests_are_answered_in_any_order(platform: Platform, file: Path) -> None:
    platform.answer = lambda request: Response(
        json.dumps({"data": json.loads(request.get_data())["variables"]["id"]}),
        content_type="application/json",
    )
    numbers = list(range(20))
    with platform.recorded(file) as recording, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: ask(recording, id=number), numbers))

    with record(file, mode="none") as replay, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: ask(replay, id=number).json(), reversed(numbers)))

    assert [each["data"] for each in answers] == numbers[::-1]


def test_equal_requests_are_answered_in_the_recorded_order(platform: Platform, file: Path) -> None:
    with platform.recorded(file) as recording:
        for number in (1, 2):
            platform.answer_json({"data": number})
            ask(recording)

    with record(file, mode="none") as replay:
        assert [ask(replay).json()["data"] for _ in range(2)] == [1, 2]


def test_a_further_request_is_a_difference(platform: Platform, file: Path) -> None:
    platform.answer_json({"data": 1})
    with platform.recorded(file) as recording:
        ask(recording)

    answers = []
    error = difference(file, lambda replay: answers.extend([ask(replay), ask(replay)]))

    assert "the cassette has no further request title" in str(error)
    assert "no further request title" in answers[1].json()["errors"][0]["message"]


def test_another_document_is_a_difference(platform: Platform, file: Path) -> None:
    platform.answer_json({"data": 1})
    with platform.recorded(file) as recording:
        ask(recording)

    error = difference(file, lambda replay: ask(replay, TITLE.replace("}", "other }")))

    assert "+document: 'query title($id: ID!) { title(id: $id) other }'" in str(error)


def test_another_user_is_a_difference(platform: Platform, file: Path) -> None:
    platform.answer_json({"data": 1})
    with platform.recorded(file) as recording:
        ask(recording, id=1)
        ask(recording, key="secret-key-2", id=2)

    with record(file, mode="none") as replay:
        ask(replay, key="another-key-1", id=1)
        ask(replay, key="another-key-2", id=2)
    difference(file, lambda replay: [ask(replay, key="another-key-1", id=id_) for id_ in (1, 2)])


def test_a_differing_key_is_not_shown(platform: Platform, file: Path) -> None:
    platform.answer_json({"data": 1})
    with platform.recorded(file) as recording:
        ask(recording, id=1)

    def act(replay: Recording) -> None:
        ask(replay, key="hidden-key-1", id=2)
        ask(replay, "query other { a }", key="hidden-key-2")

    assert "hidden-key" not in str(difference(file, act))


def test_a_difference_explains_the_exception_of_a_block(platform: Platform, file: Path) -> None:
    platform.answer_json({"data": 1})
    with platform.recorded(file) as recording:
        ask(recording)

    error = difference(file, lambda _: {}["a"])

    assert isinstance(error.__cause__, KeyError)


def test_a_block_that_fails_is_recorded(platform: Platform, file: Path) -> None:
    platform.answer_json({"data": 1})

    def fail() -> None:
        with platform.recorded(file) as recording:
            ask(recording)
            raise KeyError("a")

    with pytest.raises(KeyError):
        fail()

    assert "request: title" in file.read_text()


def test_a_subscription_is_refused(platform: Platform, file: Path) -> None:
    with platform.recorded(file) as recording:
        headers = {"Upgrade": "websocket", "Connection": "Upgrade"}
        answer = requests.get(recording.endpoint, headers=headers, timeout=10)

    assert answer.status_code == 501
    assert "subscriptions are not recorded" in answer.text
    assert recording.notes == [answer.text]


def test_a_server_that_does_not_answer_is_reported(file: Path) -> None:
    with record(file, endpoint="http://127.0.0.1:9/", key=KEY) as recording:
        assert ask(recording).status_code == 502

    assert "the server at http://127.0.0.1:9 did not answer" in recording.notes[0]


def test_a_request_without_an_answer_is_reported(platform: Platform, file: Path) -> None:
    has_come, may_answer = threading.Event(), threading.Event()

    def wait(_: Request) -> Response:
        has_come.set()
        may_answer.wait(10)
        return Response("late")

    platform.answer = wait
    with open_recording(file, platform.url, KEY, "all") as recording:
        thread = threading.Thread(target=ask, args=(recording,))
        thread.start()
        assert has_come.wait(10)
        assert recording.save() == 0
        may_answer.set()
        thread.join()

    assert "1 requests were not answered" in recording.notes[0]


@pytest.mark.parametrize("endpoint", ["127.0.0.1:8000", "ftp://example.com", "nonsense"])
def test_another_endpoint_is_refused(endpoint: str, file: Path) -> None:
    with pytest.raises(KiliError, match="is no endpoint"), record(file, endpoint=endpoint):
        pass

    assert not file.exists()


def test_an_unknown_mode_is_refused(file: Path) -> None:
    with pytest.raises(ValueError, match="mode is 'new'"), record(file, mode="new"):  # type: ignore[arg-type]
        pass


def test_without_an_endpoint_a_new_emulator_is_recorded(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KILI_API_ENDPOINT", raising=False)
    monkeypatch.delenv("KILI_API_KEY", raising=False)
    with record(file, mode="once") as recording:
        key = recording.environment["KILI_API_KEY"]
        answer = ask(recording, "query { viewer { email } }", key=key).json()

    with record(file, mode="once") as replay:
        assert replay.is_replay
        key = replay.environment["KILI_API_KEY"]
        assert ask(replay, "query { viewer { email } }", key=key).json() == answer


def test_a_recording_of_the_same_traffic_is_the_same_file(tmp_path: Path) -> None:
    texts = []
    for name in ("one.yaml", "two.yaml"):
        with (
            Emulator(seed=1) as emulator,
            record(tmp_path / name, endpoint=emulator.endpoint, key=emulator.key()) as each,
        ):
            ask(each, "query { viewer { id email } }", key=emulator.key())
        texts.append((tmp_path / name).read_text())

    assert texts[0] == texts[1]
