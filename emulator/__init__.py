"""Kili Emulator: the Kili labeling platform on your own machine."""

from emulator.app import Emulator

__all__ = ["Emulator", "__version__"]

__version__ = "0.1.0"
