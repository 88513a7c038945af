"""Write a regression test for the run in a bundle."""

from __future__ import annotations

import os
import re
from pathlib import Path

from kili_emulator import errors
from kili_emulator.replays.bundle_file import read_file, write_archive
from kili_emulator.replays.bundle_form import Manifest
from kili_emulator.replays.bundle_reading import open_bundle

_TEXT = '''\
"""A regression test of the plugin {plugin}.

It repeats a recorded run, {called} on {start}, which ended as
{outcome}{reason}. The test passes when the run succeeds.
"""

from __future__ import annotations

import os
from pathlib import Path

from kili_emulator import replay_bundle

FOLDER = Path(__file__).resolve().parent
# The run: the state before it, its payload, and the code that ran.
BUNDLE = FOLDER / {bundle!r}
# The folder or .py file of the plugin to test; None tests the code in the bundle.
PLUGIN: Path | None = {path}


def test_{name}_succeeds() -> None:
    plugin = os.environ.get("KILI_TESTED_PLUGIN") or PLUGIN
    (replayed,) = replay_bundle(BUNDLE, plugin=plugin)["replays"]
    assert replayed["outcome"] == "SUCCEEDED", replayed["error"]
'''


def write_bundle_test(bundle: Path, test: Path, plugin: Path | None) -> Path:
    """Write a test for the run of a bundle, and a copy of the bundle beside it.

    Args:
        bundle: the file of the bundle.
        test: the file of the test.
        plugin: the folder or file of the plugin to test; ``None`` for the code in the bundle.

    Returns:
        the copy of the bundle.

    Raises:
        KiliError: the bundle cannot be read or is damaged, or a file cannot be written.
    """
    manifest, capsule = open_bundle(read_file(bundle), str(bundle))
    copy = test.with_suffix(".zip")
    if copy.absolute() != bundle.absolute():
        write_archive(copy, bundle.read_bytes())
    record = capsule.record
    text = _TEXT.format(
        plugin=_inline(manifest["plugin"]),
        called=_inline(manifest["called"]),
        start=_inline(manifest["start"]),
        outcome=_inline(record["outcome"]),
        reason=f" ({_inline(record['headline'])})" if record["headline"] else "",
        bundle=copy.name,
        path=_path_text(test, plugin),
        name=_test_name(manifest),
    )
    try:
        test.write_text(text, encoding="utf-8")
    except OSError as error:
        raise errors.bundle_not_writable(str(test), error.strerror) from None
    return copy


def _inline(text: str) -> str:
    """Return a text of another author as a part of a docstring."""
    return text.replace("\\", "\\\\").replace('"""', "'''").replace("\n", " ")


def _path_text(test: Path, plugin: Path | None) -> str:
    if plugin is None:
        return "None"
    relative = os.path.relpath(plugin.absolute(), test.absolute().parent)
    return f"FOLDER / {Path(relative).as_posix()!r}"


def _test_name(manifest: Manifest) -> str:
    words = re.findall(r"[a-z0-9]+", f"{manifest['plugin']} {manifest['called']}".lower())
    return "_".join(words) or "run"
