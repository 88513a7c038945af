"""Explain why plugins were called, or not called, for a label, an asset or an event.

``question`` finds the occurrences, ``explanation`` builds the answer, ``facts`` reads the
stored documents of one plugin, ``causes`` finds the reasons and ``remedies`` the advice;
``texts`` has their words. The past comes from the runs and decisions that dispatch stored; the
present comes from the rules that dispatch uses (:mod:`kili_emulator.rules.blockers`).

Imported by: cli, client, domain.timeline, http, services.
"""
