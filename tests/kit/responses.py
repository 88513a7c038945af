"""JSON responses for labels in the default scenario's project and for ``INTERFACE``."""

from __future__ import annotations

import json

EASY = {"CLASSIFICATION_JOB": {"categories": [{"name": "EASY"}]}}
HARD = {"CLASSIFICATION_JOB": {"categories": [{"name": "HARD"}]}}
RED = {"COLOR": {"categories": [{"name": "RED"}]}}
BLUE = {"COLOR": {"categories": [{"name": "BLUE"}]}}

EASY_JSON = json.dumps(EASY)
HARD_JSON = json.dumps(HARD)
RED_JSON = json.dumps(RED)
BLUE_JSON = json.dumps(BLUE)
