"""``python -m emulator`` is ``kili-emulator``."""

from emulator.cli import main

main()
