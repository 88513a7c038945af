"""Deploy plugins from the folders that they are linked to, when a file in them is saved.

``linked_folders`` is the front, ``on_disk`` reads a folder, ``packing`` makes its archive,
``watcher`` detects changes. Only ``dispatch`` imports this room.
"""
