"""The folder in which SDKs after 2.128 keep the schema of each server."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def cleaned_home_cache(url: str) -> Iterator[None]:
    """Remove what processes have kept of a server's schema at the end of a ``with`` block.

    Args:
        url: the address of the server, without a path.
    """
    folder = Path.home() / ".cache" / "kili" / "graphql"
    parents = [folder, folder.parent, folder.parent.parent]
    absent = [each for each in parents if not each.exists()]
    try:
        yield
    finally:
        address = url.partition("//")[2]
        for path in folder.glob(f"{address}_*.graphql"):
            path.unlink(missing_ok=True)
        if folder in absent:
            (folder / "cache_dir.lock").unlink(missing_ok=True)
        for each in absent:
            with contextlib.suppress(OSError):  # something else has used it, or nothing has
                each.rmdir()
