"""HTTP over sockets: the threads that accept connections, the requests of a connection, its limits.

``accept_pool`` has the threads, ``request_handler`` reads the requests of one connection and calls
the WSGI application, ``request_stream`` reads from the socket, ``answer`` writes to it. Werkzeug
and the standard library parse the requests; ``request_head`` parses those of the usual form.

Imported by: http.
"""
