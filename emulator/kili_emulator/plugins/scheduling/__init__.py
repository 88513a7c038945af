"""Queue the work of a world's plugins in lanes.

``lanes`` runs jobs in order within a lane, ``schedule`` drops jobs after the world was rolled back.
``dispatch`` and ``links`` may import this room.
"""
