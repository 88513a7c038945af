"""Queue the work of a world's plugins in lanes. ``dispatch`` and ``links`` may import this room."""
