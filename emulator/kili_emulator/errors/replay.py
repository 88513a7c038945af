"""Errors of replays and bundles; the control plane's and the commands'."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError

BUNDLE_NOT_A_ZIP = "it is not a zip archive, or the archive is damaged ({reason})"
BUNDLE_ENTRY_UNSAFE = "its entry {name!r} would leave the folder, or is a link"
BUNDLE_ENTRY_DOUBLE = "it has two entries {name!r}"
BUNDLE_TOO_MANY_ENTRIES = "it has more than {limit} entries"
BUNDLE_TOO_LARGE = "its entries have more than {limit} MB"
BUNDLE_ENTRY_MISSING = "it has no entry {name!r}"
BUNDLE_ENTRY_INVALID = "its entry {name!r} has not the expected content ({reason})"
BUNDLE_NOT_OURS = "its bundle.json is not that of a bundle of Kili Emulator"

CONTROL_REPLAY_INVALID = (
    "the body of a replay is an object with any of: times, an integer from 1 to {limit}; archive, "
    "the code of a plugin as a zip archive in base64"
)
CONTROL_BUNDLE_INVALID = "the parameters of a bundle are: wholeWorld, true or false"


def run_not_called(run_id: str, outcome: str) -> KiliError:
    """The run to replay has not called its handler (the control plane's)."""
    return KiliError(
        f'run "{run_id}" has not called its handler (its outcome is {outcome}), so that there is '
        f"nothing to replay: `kili-emulator runs show {run_id}` says why"
    )


def run_not_ended(run_id: str) -> KiliError:
    """The run to replay is still in progress (the control plane's)."""
    return KiliError(
        f'run "{run_id}" has not ended yet: wait for its end (`kili-emulator runs --follow`), '
        "then replay it"
    )


def run_of_webhook(run_id: str) -> KiliError:
    """The run to replay is that of a webhook (the control plane's)."""
    return KiliError(
        f'run "{run_id}" is of a webhook, whose code is not in the emulator: '
        f"`kili-emulator redeliver {run_id}` sends its payload again"
    )


def run_forgotten(run_id: str) -> KiliError:
    """The state before the run to replay is no longer known (the control plane's)."""
    return KiliError(
        f'run "{run_id}" can no longer be replayed, because the emulator does not have the state '
        "before the run any more: it was reset to an earlier state, a state with the run was "
        "loaded, or too many runs followed (the setting replayable_runs). Cause the run again, or "
        "replay a later one"
    )


def replay_plugin_unusable(path: str, reason: str) -> KiliError:
    """The plugin with which to replay a run cannot be used (the control plane's)."""
    return KiliError(f"the plugin at {path} cannot be used for the replay: {reason}")


def bundle_damaged(path: str, reason: str) -> KiliError:
    """A file is no bundle, or a damaged one."""
    return KiliError(f"{path} cannot be used as a bundle: {reason}. Ask for the file again")


def bundle_of_other_version(path: str, version: object, known: int) -> KiliError:
    """A bundle has a format that this version of the emulator does not read."""
    return KiliError(
        f"{path} has format {version} of bundles, and this version of Kili Emulator reads format "
        f"{known}: use the version that made the bundle (bundle.json names it), or make the "
        "bundle again with this one"
    )


def bundle_not_readable(path: str, reason: object) -> KiliError:
    """The file of a bundle cannot be read."""
    return KiliError(f"{path} cannot be read ({reason}): check the path")


def bundle_not_writable(path: str, reason: object) -> KiliError:
    """The file of a bundle, or of its test, cannot be written."""
    return KiliError(f"{path} cannot be written ({reason}): choose another file with --output")


def debugger_not_installed() -> KiliError:
    """The option --debugpy is given, and the package is not installed."""
    return KiliError("--debugpy needs the package debugpy: run `pip install debugpy`, or use --pdb")
