"""Cassettes in files: YAML with the requests, then their documents, then media."""

from __future__ import annotations

import base64
import gzip
import io
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from kili_emulator import errors, private_files
from kili_emulator.recording.cassette import FORMAT, Cassette, Exchange
from kili_emulator.recording.yaml_form import read_yaml, write_yaml

# The largest body that a server accepts; a small file could unpack to more than the memory.
MAX_MEDIA_BYTES = 256 * 1024 * 1024
_FORMAT_KEY = "kili-cassette"
_HEADER = (
    "# API traffic of a Kili client, recorded by Kili Emulator. Secrets are left out.\n"
    "# ${id-1}, ${time-1}: values that the client makes; ${server}: the address of the server.\n"
)
_FIRST_MEMBERS = ("request", "key", "document")
_FIRST_KEY = "${key-1}"


def write_cassette(path: Path, cassette: Cassette) -> None:
    """Write a cassette; after an error, the file is as it was before.

    Raises:
        KiliError: the file cannot be written.
    """
    try:
        private_files.write_file(path, _HEADER + cassette_text(cassette))
    except OSError as error:
        raise errors.cassette_not_writable(str(path), error.strerror or error) from None


def cassette_text(cassette: Cassette) -> str:
    """Return a cassette as YAML."""
    names = _document_names(cassette)
    content: dict[str, Any] = {
        _FORMAT_KEY: FORMAT,
        "requests": [_entry(each, names) for each in cassette.exchanges],
        "documents": {name: f"{document}\n" for document, name in names.items()},
    }
    if cassette.media:
        content["media"] = {
            digest: base64.b64encode(gzip.compress(each, mtime=0)).decode()
            for digest, each in cassette.media.items()
        }
    parts = [write_yaml({name: value}) for name, value in content.items()]
    return "\n".join(parts)


def _document_names(cassette: Cassette) -> dict[str, str]:
    """Return a name for each document: that of the operation, with a number if it has several."""
    names: dict[str, str] = {}
    for each in cassette.exchanges:
        document = each.request.get("document")
        if document is None or document in names:
            continue
        name, number = each.request["request"], 1
        while name in names.values():
            number += 1
            name = f"{each.request['request']}-{number}"
        names[document] = name
    return names


def _entry(exchange: Exchange, names: Mapping[str, str]) -> dict[str, Any]:
    request: dict[str, Any] = {**exchange.request}
    if "document" in request:
        request["document"] = names[request["document"]]
    if request.get("key") == _FIRST_KEY:
        del request["key"]
    elif "key" not in request:
        request["key"] = None
    ordered = {name: request.pop(name) for name in _FIRST_MEMBERS if name in request}
    return {**ordered, **request, "answer": dict(exchange.answer)}


def read_cassette(path: Path) -> Cassette:
    """Read a cassette.

    Raises:
        KiliError: the file cannot be read, is no cassette, or is one of another version.
    """
    try:
        content = read_yaml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise errors.cassette_not_readable(str(path), error.strerror or error) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise errors.cassette_damaged(str(path), f"it is no YAML: {_first_line(error)}") from None
    if not isinstance(content, dict) or _FORMAT_KEY not in content:
        raise errors.cassette_damaged(str(path), f"it has no member {_FORMAT_KEY!r}")
    version = content[_FORMAT_KEY]
    if type(version) is not int or version != FORMAT:
        raise errors.cassette_of_other_version(str(path), version, FORMAT)
    try:
        return _cassette(content)
    except (
        KeyError,
        TypeError,
        AttributeError,
        ValueError,
        OSError,
        EOFError,
        zlib.error,
    ) as error:
        reason = f"{type(error).__name__}: {_first_line(error)}"
        raise errors.cassette_damaged(str(path), reason) from None


def _cassette(content: Mapping[str, Any]) -> Cassette:
    """Return the cassette with a content.

    Raises:
        KeyError, TypeError, AttributeError, ValueError, OSError: the content is wrong.
    """
    documents = {
        name: str(text).removesuffix("\n")
        for name, text in (content.get("documents") or {}).items()
    }
    media = {
        digest: _unpack(digest, base64.b64decode(text, validate=True))
        for digest, text in (content.get("media") or {}).items()
    }
    exchanges = [
        _exchange(dict(each), documents, media, number)
        for number, each in enumerate(content.get("requests") or [], 1)
    ]
    return Cassette(exchanges, media)


def _exchange(
    entry: dict[str, Any], documents: Mapping[str, str], media: Mapping[str, bytes], number: int
) -> Exchange:
    answer = entry.pop("answer", None)
    if not isinstance(answer, dict) or not isinstance(entry.get("request"), str):
        raise ValueError(f"request {number} has no name or no answer")
    if "document" in entry:
        if entry["document"] not in documents:
            raise ValueError(f"request {number} names an unknown document {entry['document']!r}")
        entry["document"] = documents[entry["document"]]
    if "media" in answer and answer["media"] not in media:
        raise ValueError(f"request {number} names unknown media {answer['media']!r}")
    if "key" not in entry:
        entry["key"] = _FIRST_KEY
    elif entry["key"] is None:
        del entry["key"]
    return Exchange(entry, answer)  # type: ignore[arg-type]


def _unpack(digest: str, packed: bytes) -> bytes:
    """Return the content of media.

    Raises:
        ValueError, OSError, EOFError: it is larger than a request can be, or damaged.
    """
    with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
        content = file.read(MAX_MEDIA_BYTES + 1)
    if len(content) > MAX_MEDIA_BYTES:
        raise ValueError(f"media {digest!r} have more than {MAX_MEDIA_BYTES:,} bytes")
    return content


def _first_line(error: object) -> str:
    return " ".join(str(error).split())[:200]
