"""Cassettes: API traffic in readable files, recorded by a proxy and answered without a server.

Pure parts: ``cassette`` has the shapes, ``yaml_form`` and ``cassette_file`` read and write them,
``placeholders`` names what differs in each run (ids and times made by clients, the server's
address), ``hidden_secrets`` takes secrets out, ``matching`` compares a request with recorded ones,
and ``differences`` describes what does not fit.

Fronts: ``request_form`` reads a request, ``recorder`` is the application that forwards requests and
records them, ``player`` the one that answers from a cassette; ``addresses`` translates the URLs of
the recorded server. Both are served by :class:`kili_emulator.http.server.HttpServer`.

Imported by: app.
"""
