"""How long an answer of the control plane waits for plugins, at most."""

from __future__ import annotations

# In seconds. The commands give up after a minute, and those that follow something ask again before.
LONGEST_WAIT = 50.0
