"""Uploaded bytes are stored by digest, in memory or in files."""

from __future__ import annotations

import errno
import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kili_emulator.errors import StorageError
from kili_emulator.storage import blobs as blobs_module
from kili_emulator.storage.blobs import BlobStore

CONTENT = b"\x00\xff some bytes \r\n"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(params=["memory", "files"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs" if request.param == "files" else None)


@pytest.mark.parametrize("content", [CONTENT, b"", b"x" * 2_000_000])
def test_stored_bytes_are_returned_unchanged(blobs: BlobStore, content: bytes) -> None:
    assert blobs.get(blobs.put(content)) == content


def test_digest_is_the_sha256_of_the_content(blobs: BlobStore) -> None:
    assert blobs.put(CONTENT) == DIGEST


def test_same_content_has_one_digest(blobs: BlobStore) -> None:
    assert blobs.put(CONTENT) == blobs.put(CONTENT)
    assert blobs.get(DIGEST) == CONTENT


def test_error_for_an_unknown_digest_contains_the_digest(blobs: BlobStore) -> None:
    with pytest.raises(StorageError, match=f"{DIGEST}.* are missing"):
        blobs.get(DIGEST)


def test_files_survive_reopening(tmp_path: Path) -> None:
    BlobStore(tmp_path).put(CONTENT)

    assert BlobStore(tmp_path).get(DIGEST) == CONTENT


def test_folder_contains_exactly_one_file_per_content(tmp_path: Path) -> None:
    blobs = BlobStore(tmp_path)
    for content in (CONTENT, CONTENT, b"other"):
        blobs.put(content)

    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(
        [DIGEST, hashlib.sha256(b"other").hexdigest()]
    )


def test_same_content_from_many_threads_is_stored_once(tmp_path: Path) -> None:
    blobs = BlobStore(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        digests = set(pool.map(blobs.put, [CONTENT] * 40))

    assert digests == {DIGEST}
    assert [each.name for each in tmp_path.iterdir()] == [DIGEST]
    assert blobs.get(DIGEST) == CONTENT


DAMAGE = {"missing": None, "empty": b"", "truncated": CONTENT[:-1], "changed": b"x" * len(CONTENT)}


def damage(path: Path, content: bytes | None) -> None:
    path.unlink()
    if content is not None:
        path.write_bytes(content)


@pytest.mark.parametrize("content", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.parametrize("reopened", [True, False])
def test_a_damaged_blob_is_refused_until_the_same_bytes_are_stored_again(
    tmp_path: Path,
    content: bytes | None,
    reopened: bool,
) -> None:
    blobs = BlobStore(tmp_path)
    blobs.put(CONTENT)
    assert blobs.get(DIGEST) == CONTENT
    damage(tmp_path / DIGEST, content)
    blobs = BlobStore(tmp_path) if reopened else blobs
    with pytest.raises(StorageError, match="upload the same file again"):
        blobs.get(DIGEST)

    assert blobs.put(CONTENT) == DIGEST
    assert blobs.get(DIGEST) == CONTENT


def test_intact_blob_is_not_rewritten(tmp_path: Path) -> None:
    BlobStore(tmp_path).put(CONTENT)
    before = (tmp_path / DIGEST).stat()
    BlobStore(tmp_path).put(CONTENT)
    after = (tmp_path / DIGEST).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_failed_write_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = BlobStore(tmp_path)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(StorageError, match="No space left on device"):
            blobs.put(CONTENT)
    assert list(tmp_path.iterdir()) == []
    assert blobs.get(blobs.put(CONTENT)) == CONTENT


# The removal of blobs that nothing names


def is_stored(blobs: BlobStore, digest: str) -> bool:
    try:
        blobs.get(digest)
    except StorageError:
        return False
    return True


def test_blob_is_removed_when_two_collections_found_it_unnamed(blobs: BlobStore) -> None:
    unused, used = blobs.put(CONTENT), blobs.put(b"used")
    blobs.collect({used})
    assert is_stored(blobs, unused)
    blobs.collect({used})
    assert [is_stored(blobs, each) for each in (unused, used)] == [False, True]


def test_blob_that_is_named_again_stays(blobs: BlobStore) -> None:
    for named in (set(), {DIGEST}, set[str]()):
        blobs.put(CONTENT)
        blobs.collect(named)
    assert is_stored(blobs, DIGEST)


def test_collection_at_the_start_removes_unnamed_blobs_and_temporary_files(tmp_path: Path) -> None:
    BlobStore(tmp_path).put(CONTENT)
    used = BlobStore(tmp_path).put(b"used")
    for name in ("tmpabcd_123", "tmp12345678.txt", "notes.txt", DIGEST[:-1]):
        (tmp_path / name).write_bytes(b"")
    BlobStore(tmp_path).collect({used}, at_start=True)
    assert {each.name for each in tmp_path.iterdir()} == {
        used,
        "tmp12345678.txt",
        "notes.txt",
        DIGEST[:-1],
    }


def test_removed_blob_can_be_stored_again(blobs: BlobStore) -> None:
    blobs.put(CONTENT)
    blobs.collect((), at_start=True)
    assert not is_stored(blobs, DIGEST)
    assert blobs.get(blobs.put(CONTENT)) == CONTENT


def test_collection_is_due_after_many_uploads_or_bytes(
    blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs_module, "_BLOBS_PER_COLLECTION", 2)
    monkeypatch.setattr(blobs_module, "_BYTES_PER_COLLECTION", 100)
    blobs.put(CONTENT)
    assert not blobs.is_collection_due
    blobs.put(CONTENT)
    assert blobs.is_collection_due
    blobs.collect({DIGEST})
    assert not blobs.is_collection_due
    blobs.put(b"x" * 100)
    assert blobs.is_collection_due


def test_collection_follows_no_link(tmp_path: Path) -> None:
    target, link = tmp_path / "elsewhere", tmp_path / "blobs"
    target.mkdir()
    (target / DIGEST).write_bytes(CONTENT)
    link.symlink_to(target)
    BlobStore(link).collect((), at_start=True)
    assert (target / DIGEST).read_bytes() == CONTENT


def test_collection_of_a_large_store_waits_for_a_quarter_as_many_uploads(
    blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs_module, "_BLOBS_PER_COLLECTION", 2)
    named = {blobs.put(str(number).encode()) for number in range(20)}
    blobs.collect(named)
    dues = []
    for number in range(5):
        blobs.put(b"new %d" % number)
        dues.append(blobs.is_collection_due)
    assert dues == [False, False, False, False, True]


def test_blob_that_cannot_be_removed_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = BlobStore(tmp_path)
    blobs.put(CONTENT)

    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        blobs.collect((), at_start=True)
    assert blobs.get(DIGEST) == CONTENT
