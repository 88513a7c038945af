"""Run the command ``kili-emulator`` as ``python -m kili_emulator``."""

from kili_emulator.cli import main

main()
