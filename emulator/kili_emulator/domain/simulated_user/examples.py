"""Responses that simulated users submit without a given label.

See contract/simulated-user.md#example-responses.
"""

from __future__ import annotations

import json
from typing import Literal

from kili_emulator.domain import file
from kili_emulator.domain.documents import AssetDoc
from kili_emulator.domain.simulated_user.opening import SUBMIT
from kili_emulator.domain.world import Transaction
from kili_emulator.rules.example_response import first_choices, make_example
from kili_emulator.rules.json_interface import parse_json_interface

# The kind of an example: with the first choices, or with random ones.
Example = Literal["first", "random"]

_MAX_TEXT_BYTES = 1_000_000


def example_response(tx: Transaction, asset: AssetDoc, example: Example) -> str:
    """Return the text of a json response that fits the interface of an asset's project.

    Random choices are draws of the world: with a seed, they repeat.
    """
    project = tx.projects.require(asset["projectId"])
    jobs = parse_json_interface(project["jsonInterface"], SUBMIT)
    draw = tx.world.ids.draw if example == "random" else first_choices
    response = make_example(jobs, project["inputType"], draw, _text_of(tx, asset))
    return json.dumps(response)


def _text_of(tx: Transaction, asset: AssetDoc) -> str:
    """Return the text of an asset that is stored as plain text; otherwise an empty text."""
    file_id = file.referenced_file_id(asset["content"])
    stored = tx.files.get(file_id) if file_id else None
    is_text = stored is not None and stored["contentType"].startswith("text/plain")
    if stored is None or not is_text or stored["size"] > _MAX_TEXT_BYTES:
        return ""
    return tx.world.blobs.get(stored["digest"]).decode("utf-8", "replace")
