"""The storage of a world: documents in SQLite behind a TinyDB interface, and blobs in files.

``documents`` is the front of the document store, ``snapshot`` holds its immutable tables, ``draft``
the tables of a transaction, ``posting`` the entries of indexes, ``merged_postings`` reads pages of
several entries, ``sharded_map`` has the maps of tables. ``journal`` has the differences that lead
back to a mark: ``sqlite_file`` keeps them in a file with the documents, ``memory_file`` in memory.
``layouts`` has the tables of the file, ``loading`` makes tables of its rows, ``key_members`` is the
SQL for their indexes, ``sharing`` lets documents share values, ``json_values`` copies and compares
them, ``commit_witness`` has the number of the last commit, ``retry`` repeats failed writes.
``file_check`` checks the file of an earlier process, ``salvage`` and ``sqlite_pages`` read the rest
of a damaged one. ``blobs`` keeps uploaded bytes. Only this room imports ``tinydb`` and ``sqlite3``.

Imported by: domain, replays, transfer.
"""
