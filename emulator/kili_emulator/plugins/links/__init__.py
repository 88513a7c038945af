"""Deploy plugins from the folders that they are linked to, when a file in them is saved.

``linked_folders`` is the front, ``linked_source`` reads the code of a link, ``kept_reads`` keeps
the result, ``packing`` makes its archive, ``watcher`` detects changes.

Imported by: plugins.dispatch, replays.
"""
