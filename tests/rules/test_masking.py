"""Masking of secrets in recorded documents; all other content stays unchanged."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from kili_emulator.rules.masking import MASK, masked, masked_query, masked_text

URL = "https://host.example/path"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://user:pw@host/x", f"https://user:{MASK}@host/x"),
        ("https://user:p@w@host/x", f"https://user:{MASK}@host/x"),
        ("https://:pw@host/x", f"https://:{MASK}@host/x"),
        ("postgresql+psycopg://u:p%40w@host", f"postgresql+psycopg://u:{MASK}@host"),
        (f"{URL}?id=1&token=abc.def&x=2", f"{URL}?id=1&token={MASK}&x=2"),
        (f"{URL}?sig=a%2Fb%3D&se=2024", f"{URL}?sig={MASK}&se=2024"),
        (f"{URL}?X-Amz-Signature=ab12&X-Amz-Date=1", f"{URL}?X-Amz-Signature={MASK}&X-Amz-Date=1"),
        (f"{URL}?X-Goog-Signature=ab", f"{URL}?X-Goog-Signature={MASK}"),
        (f"{URL}?X-Amz-Security-Token=ab", f"{URL}?X-Amz-Security-Token={MASK}"),
        (f"{URL}?api_key=1&apiKey=2&key=3", f"{URL}?api_key={MASK}&apiKey={MASK}&key={MASK}"),
        (f"{URL}#access_token=ab", f"{URL}#access_token={MASK}"),
        (
            f"see {URL}?token=a, or ({URL}?token=b)",
            f"see {URL}?token={MASK} or ({URL}?token={MASK})",
        ),
        ("url: /hook?token=abc (Caused by", f"url: /hook?token={MASK} (Caused by"),
        ("Authorization: X-API-Key: abc\nnext", f"Authorization: {MASK}\nnext"),
        ("{'Authorization': 'X-API-Key: abc', 'a': 1}", f"{{'Authorization': '{MASK}', 'a': 1}}"),
        ('{"x-api-key":"abc","a":1}', f'{{"x-api-key":"{MASK}","a":1}}'),
        ("sent Bearer abcdefgh.ijk to", f"sent Bearer {MASK} to"),
    ],
)
def test_secrets_of_urls_and_headers_are_masked_in_texts(text: str, shown: str) -> None:
    assert masked_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        f"{URL}?id=1&tokens=3&page=2",
        "https://host.example:8080/x@y",
        "mail user@host.example: hello",
        "token = abc",
        "the password is in the safe",
        "bearer of news",
        "a ? b : c",
        "authorization",
        "cmx2zudke00093mhkx43olai3",
        '{"CLASSIFICATION_JOB": {"categories": [{"name": "TOKEN"}]}}',
        "",
    ],
)
def test_text_without_secrets_is_unchanged(text: str) -> None:
    assert masked_text(text) == text


@pytest.mark.parametrize(
    "name",
    """
    password newPassword newPassword1 old_password apiKey api_key X-API-Key Authorization secret
    clientSecret accessToken token s3SecretKey azureSASToken awsSecretAccessKey credentials
    Set-Cookie X-Amz-Signature sig
    """.split(),  # noqa: SIM905
)
def test_secret_members_are_masked_at_any_depth(name: str) -> None:
    document = {"data": [{"email": "a@b.c", name: "hush", "id": "x"}]}
    before = copy.deepcopy(document)
    assert masked(document) == {"data": [{"email": "a@b.c", name: MASK, "id": "x"}]}
    assert document == before


def test_value_that_is_no_secret_is_unchanged_even_under_a_secret_name() -> None:
    document: dict[str, Any] = {
        "id": "cmx2zudke00093mhkx43olai3",
        "password": None,
        "token": "",
        "secret": True,
        "passwords": "x",
        "tokens": [1, 2],
        "categories": {"TOKEN": {"name": "Token", "children": []}},
        "header": "Title",
        "key": "JOB",
        "size": 1.5,
    }
    assert masked(document) == document


def test_secret_lists_and_numbers_are_masked() -> None:
    document = {"token": ["a", "b", None], "pwd": 1234}
    assert masked(document) == {"token": [MASK, MASK, None], "pwd": MASK}


def test_header_of_a_webhook_is_masked() -> None:
    asked = {"data": {"webhookUrl": "http://u:p@h/?token=1", "header": "hush", "pluginName": "P"}}
    assert masked(asked)["data"] == {
        "webhookUrl": f"http://u:{MASK}@h/?token={MASK}",
        "header": MASK,
        "pluginName": "P",
    }
    assert masked({"url": "http://h", "header": None}) == {"url": "http://h", "header": None}


def test_key_of_a_run_is_masked_wherever_it_stands() -> None:
    key = f"kili-run-{'aB3_-' * 8}"
    assert masked({"content": f"the key is {key}."}) == {"content": f"the key is {MASK}."}
    assert masked_text("the plugin kili-run-counter") == "the plugin kili-run-counter"


def test_additional_secret_names_are_masked() -> None:
    assert masked({"a": {"key": "x"}}, {"key"}) == {"a": {"key": MASK}}


def test_api_keys_of_a_user_are_masked() -> None:
    user = {"id": "u", "apiKeys": [{"id": "k", "name": "n", "key": "x"}], "key": "JOB"}
    assert masked(user) == {**user, "apiKeys": [{"id": "k", "name": "n", "key": MASK}]}


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ('mutation { f(data: {email: "a", password: "b\\"c"}) { id } }', '"***"'),
        (
            'mutation { f(data: {password: """b "c" d"""}, id: "e") { id } }',
            '{password: "***"}, id: "e"',
        ),
        ('mutation M($apiKey: String = "b") { f(k: $apiKey) { id } }', '= "***"'),
        ('{ f(token: ["b", "b"], id: "e") { id } }', '["***", "***"], id: "e"'),
        ('{ f(webhookUrl: "http://u:b@h", header: "b") { id } }', 'u:***@h", header: "***"'),
        ('{ f(password: "b', 'password: "***"'),
        ('{ f(id: "e") # password: "no"\n { id } }', '"e") # password: "no"'),
    ],
)
def test_secret_literals_of_a_query_are_masked(query: str, shown: str) -> None:
    found = masked_query(query)
    assert shown in found
    assert '"b' not in found


def test_query_without_secrets_is_unchanged() -> None:
    query = '{ assets(where: {id: "x", externalIdIn: ["a:b", ""]}) { id: id } }'
    assert masked_query(query) == query


@pytest.mark.parametrize(
    "unit", ["://", "?a", "&a=", '"', "\\", "a:", "https://u:", "authorization"]
)
def test_long_text_without_secrets_is_unchanged(unit: str) -> None:
    text = unit * 200_000
    assert masked_text(text) == text
    assert masked_query(text) == text
