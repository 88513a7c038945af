"""Queue the work of a world's plugins in lanes.

``lanes`` runs jobs in order within a lane, ``schedule`` drops jobs after the world was rolled back.

Imported by: app, plugins.dispatch, plugins.links.
"""
