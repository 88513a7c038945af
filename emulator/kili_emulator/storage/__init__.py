"""The storage of a world: documents in SQLite behind a TinyDB interface, and blobs in files.

``documents`` is the front of the document store, ``snapshot`` holds its immutable tables,
``posting`` the entries of their indexes, ``sqlite_file`` the file, ``commit_witness`` the number of
its last commit, ``retry`` repeats failed writes; ``file_check`` checks the file of an earlier
process, ``salvage`` and ``sqlite_pages`` read what is left of a damaged one;
``blobs`` keeps uploaded bytes. Only this room imports ``tinydb`` and ``sqlite3``.

Imported by: domain.
"""
