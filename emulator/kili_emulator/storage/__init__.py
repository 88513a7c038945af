"""The storage of a world: documents in SQLite behind a TinyDB interface, and blobs in files.

``documents`` is the front of the document store, ``snapshot`` holds its immutable tables,
``posting`` the entries of their indexes. ``journal`` has the differences that lead back to a mark:
``sqlite_file`` keeps them in a file with the documents, ``memory_file`` in memory. ``retry``
repeats failed writes; ``blobs`` keeps uploaded bytes. Only this room imports ``tinydb`` and
``sqlite3``.

Imported by: domain.
"""
