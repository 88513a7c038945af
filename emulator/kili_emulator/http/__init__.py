"""The web server: HTTP routes, websockets, and the checks before a request is answered.

``application`` puts the routes together: ``graphql_routes``, ``file_routes``, ``websocket_routes``
and the control plane in ``control``. ``direct_path`` takes GraphQL requests past Flask to
``graphql_endpoint``. ``security`` checks hosts, origins, keys and upload tokens;
``request_body`` reads bodies; ``request_log`` and ``call_recorder`` record requests;
``request_scope`` gives each request an id and counts it. ``server`` and ``serving`` are the
connections below.

Imported by: app, cli, recording.
"""
