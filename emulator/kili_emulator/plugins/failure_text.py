"""Texts about the failure of a plugin for its author: a traceback, and a remedy if one is known."""

from __future__ import annotations

from kili_emulator import messages
from kili_emulator.plugins.build import requirements
from kili_emulator.plugins.guest import data_files
from kili_emulator.plugins.guest.exception_text import ExceptionText, describe_exception
from kili_emulator.plugins.guest.tracebacks import CodeLocation


def describe(error: BaseException, location: CodeLocation) -> ExceptionText:
    """Describe an exception that a plugin's code raised in this process.

    Args:
        location: where the files of the plugin's version are.
    """
    missing_file = data_files.find_missing_file(error, location.folder)
    hints = (requirements.install_hint(error), file_hint(missing_file))
    description = describe_exception(error, location)
    return ExceptionText(description.headline, "\n".join([description.text, *filter(None, hints)]))


def file_hint(path: str | None) -> str | None:
    """Explain why a file of the plugin's own folder is missing; ``None`` without a path."""
    return messages.MISSING_FILE_HINT.format(path=path) if path else None
