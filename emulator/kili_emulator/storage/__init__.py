"""The storage of a world: documents in SQLite behind a TinyDB interface, and blobs in files.

``documents`` is the front of the document store, ``snapshot`` holds its immutable tables, ``draft``
the tables of a transaction, ``posting`` the entries of indexes, ``sharded_map`` their maps.
``journal`` has the differences that lead back to a mark: ``sqlite_file`` keeps them in a file with
the documents, ``memory_file`` in memory. ``loading`` makes tables of the rows of a file,
``key_members`` is the SQL for their indexes, ``sharing`` lets documents share values, ``retry``
repeats failed writes; ``blobs`` keeps uploaded bytes. Only this room imports ``tinydb`` and
``sqlite3``.

Imported by: domain.
"""
