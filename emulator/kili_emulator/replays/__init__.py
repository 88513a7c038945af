"""Call the handler of a recorded run again, in a copy of its world as it was before.

A :class:`~kili_emulator.replays.capsule.Capsule` has what a repetition needs: the state, the run,
and its record. It comes from a world (``capsule``) or from a bundle, which is a capsule in a file
(``bundle_file``, ``bundle_content``, ``visible_state``). ``plugin_code`` puts edited code into it,
and ``comparison`` compares the repeated run with the recorded one. :mod:`kili_emulator.app` repeats
the run, as this needs a whole emulator.

Imported by: app, cli, client, http, services, transfer.
"""
