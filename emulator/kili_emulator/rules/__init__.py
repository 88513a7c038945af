"""The pure rules of the platform: plain values in, plain values out.

A module holds one rule, such as ``workflow`` (statuses), ``permissions`` (roles),
``json_response`` (checks of labels), ``subjects`` (events and patterns), ``requirements``
(``requirements.txt``) or the room ``quality`` (quality marks).

Besides one another the modules import only ``errors``, ``messages``, ``spelling`` and
``python_source``: no clock, no ids, no settings, no storage, no web framework and no GraphQL.

Imported by: api, app, cli, domain, http, lint, observe, plugins, recording, replays, scenario,
services, transfer.
"""
