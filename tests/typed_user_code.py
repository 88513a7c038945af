"""Code of users, which mypy checks (``make types``): right uses pass, and wrong ones are errors.

An error that mypy does not find makes the comment ``type: ignore`` unused, which is an error, too.
"""

from __future__ import annotations

from kili_emulator import Emulator


def uses() -> None:
    """Use the Python API with its types; nothing calls this function."""
    with Emulator("default", seed=1, plugin_timeout=2.5, fast_sdk=False) as emulator:
        status: str = emulator.users.submit("project")["before"]["status"]
        emulator.client("labeler", disable_tqdm=False)
        emulator.load({"organization": {"name": status}})
    with Emulator.spawn(seed=1, plugin_isolation="process") as spawned:
        spawned.reset(spawned.mark())
    with Emulator.connect("http://127.0.0.1:5454", "key", world="w") as connected:
        outcomes: list[str] = [run["outcome"] for run in connected.runs.list()]
        connected.worlds.create(outcomes[0], seed=3)


def misuses() -> None:
    """Use the Python API wrongly."""
    Emulator(sede=3)  # type: ignore[call-arg]
    Emulator(plugin_timeout="long")  # type: ignore[arg-type]
    Emulator.spawn(sede=3)  # type: ignore[call-arg]
    emulator = Emulator().start()
    emulator.client("admin", colour="red")  # type: ignore[call-arg]
    emulator.users.submit(project=3)  # type: ignore[arg-type]
    print(emulator.runs.list()[0]["outcom"])  # type: ignore[typeddict-item]
