"""Explain why plugins were called for a label, an asset or an event, or were not.

The past is read from what dispatch stored: runs, and decisions not to call. The present is decided
by the rules that dispatch uses (:mod:`kili_emulator.rules.blockers`).
"""
