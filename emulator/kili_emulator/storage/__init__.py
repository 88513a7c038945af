"""The storage of a world: documents in SQLite behind a TinyDB interface, and blobs in files.

``documents`` is the front of the document store, ``snapshot`` holds its immutable tables, ``draft``
the tables of a transaction, ``posting`` the entries of indexes, ``sqlite_file`` the file,
``loading`` makes tables of its rows, ``key_members`` is the SQL for their indexes, ``retry``
repeats failed writes; ``blobs`` keeps uploaded bytes. Only this room imports ``tinydb`` and
``sqlite3``.

Imported by: domain.
"""
