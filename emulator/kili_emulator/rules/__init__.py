"""The pure rules of the platform: plain values in, plain values out.

A module holds one rule, such as ``workflow`` (statuses), ``permissions`` (roles),
``json_response`` (checks of labels), ``subjects`` (events and patterns), ``requirements``
(``requirements.txt``) or the room ``quality`` (quality marks).

The rooms above (``domain``, ``api``, ``plugins``, ``lint`` and so on) may import these modules; the
``storage`` may not. Besides one another the modules import only ``errors``, ``messages`` and
``spelling``: no clock, no ids, no settings, no storage, no web framework and no GraphQL.
"""
