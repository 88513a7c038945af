"""How a plugin failed, for its author: the traceback, and what to do where that is known."""

from __future__ import annotations

from kili_emulator import messages
from kili_emulator.plugins.build import requirements
from kili_emulator.plugins.guest import data_files
from kili_emulator.plugins.guest.exception_text import ExceptionText, describe_exception
from kili_emulator.plugins.guest.tracebacks import CodeLocation


def describe(error: BaseException, location: CodeLocation) -> ExceptionText:
    """What a plugin's code in this process raised.

    Args:
        location: where its files are.
    """
    missing_file = data_files.missing_file(error, location.folder)
    hints = (requirements.install_hint(error), file_hint(missing_file))
    description = describe_exception(error, location)
    return ExceptionText(description.headline, "\n".join([description.text, *filter(None, hints)]))


def file_hint(path: str | None) -> str | None:
    """Why a file of the plugin's own folder is not there."""
    return messages.MISSING_FILE_HINT.format(path=path) if path else None
