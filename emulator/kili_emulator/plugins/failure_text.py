"""How a plugin failed, for its author: the traceback, and what to do where that is known."""

from __future__ import annotations

from kili_emulator import messages
from kili_emulator.plugins.build import requirements
from kili_emulator.plugins.guest import data_files
from kili_emulator.plugins.guest.exception_text import Raised, raised
from kili_emulator.plugins.guest.tracebacks import Place


def described(error: BaseException, place: Place) -> Raised:
    """What a plugin's code in this process raised.

    Args:
        place: where its files are.
    """
    missing = data_files.missing(error, place.folder)
    hints = (requirements.install_hint(error), file_hint(missing))
    found = raised(error, place)
    return Raised(found.headline, "\n".join([found.text, *filter(None, hints)]))


def file_hint(path: str | None) -> str | None:
    """Why a file of the plugin's own folder is not there."""
    return messages.MISSING_FILE_HINT.format(path=path) if path else None
