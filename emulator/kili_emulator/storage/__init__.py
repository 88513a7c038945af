"""The storage of a world: documents in SQLite behind a TinyDB interface, and blobs in files.

``documents`` is the front of the document store, ``snapshot`` holds its immutable tables,
``posting`` the entries of their indexes, ``merged_postings`` reads pages of several entries.
``sqlite_file`` is the file, ``retry`` repeats failed writes; ``blobs`` keeps uploaded bytes. Only
this room imports ``tinydb`` and ``sqlite3``.

Imported by: domain.
"""
