"""pdb on the terminal in which the emulator was started."""

from __future__ import annotations

import pdb  # noqa: T100
import threading
from pathlib import Path
from types import FrameType
from typing import Any

# One run at a time uses the terminal.
_terminal = threading.RLock()


class TerminalDebugger(pdb.Pdb):
    """A pdb that names the run that has stopped, and waits while another run has the terminal.

    Args:
        introduction: shown at the first stop.

    Attributes:
        was_left: whether the user has left the debugger.
    """

    def __init__(self, introduction: str) -> None:
        super().__init__(nosigint=True)  # Ctrl-C still ends the emulator
        self._introduction = introduction
        self.was_left = False

    def set_quit(self) -> None:
        self.was_left = True
        super().set_quit()

    def lookupmodule(self, filename: str) -> str | None:
        """Find the file of ``b FILE:LINE``, first in the folder of the code that has stopped."""
        frame = self.curframe
        if frame is not None:
            candidate = Path(frame.f_code.co_filename).parent / filename
            for each in (candidate, candidate.with_name(f"{candidate.name}.py")):
                if each.is_file():
                    return str(each)
        return super().lookupmodule(filename)

    def interaction(self, frame: FrameType | None, *details: Any) -> None:
        with _terminal:
            if self._introduction:
                self.message(self._introduction)
            self._introduction = ""
            super().interaction(frame, *details)
