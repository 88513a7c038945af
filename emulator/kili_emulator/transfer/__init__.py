"""States: all documents and files of a world, or of one of its projects, as one readable file.

- ``state_form``: the form of a file; ``state_file`` packs and reads it.
- ``state_saving`` takes a state from a world, ``world_loading`` and ``project_loading`` put one
  into a world; ``state_diff`` compares two of them.
- ``raw_export`` makes a state of a project from an export of the SDK, with an interface that
  ``inferred_interface`` infers from the labels; ``pull`` copies a project from an endpoint through
  the SDK: ``source`` asks for its pages, ``page_store`` keeps them, ``pulled_documents`` converts
  them and ``media`` downloads files.

Imported by: cli, client, services.
"""
