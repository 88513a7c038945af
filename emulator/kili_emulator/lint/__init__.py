"""Would a plugin work on the real platform? Its source is read for it, and never run.

Each rule has a code, and a check is a function that finds what breaks some of them: ``catalogue``
has all of both. A check sees a ``Plugin``: its files as trees, what names stand for across them,
which functions run when it is imported and when it is called, and where it has the SDK's client.
A finding is an error where it fails for certain; where that cannot be told, nothing is said.
"""
