"""Write ``docs/control-plane.openapi.json``: the description that a server serves.

``python -m tests.kit.control_plane_description`` rewrites the file.
"""

from __future__ import annotations

import json
from pathlib import Path

from kili_emulator.http.control.openapi.document import openapi_document

FILE = Path(__file__).resolve().parents[2] / "docs" / "control-plane.openapi.json"


def file_text() -> str:
    """Return the text of the file."""
    return json.dumps(openapi_document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(file_text(), encoding="utf-8")
