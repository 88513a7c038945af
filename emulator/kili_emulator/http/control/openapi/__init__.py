"""The OpenAPI description of the control plane: ``/_emulator/openapi.json``.

``operations/<noun>.py`` describes the routes of ``http/control/<noun>.py``, ``operation`` the form
of a description, ``json_schema`` derives schemas from the views of the services, and ``document``
assembles the description. A test compares it with the routes and with their answers. Nothing here
is imported before the description is asked for.

Imported by: http.control.
"""
