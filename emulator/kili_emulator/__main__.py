"""``python -m emulator`` is ``kili-emulator``."""

from kili_emulator.cli import main

main()
