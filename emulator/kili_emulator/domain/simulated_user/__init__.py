"""Simulated users: the actions of labelers and reviewers in the app.

``actions`` has one function per action, ``opening`` the rules for opening and locking an asset,
``queue`` the assets that the app offers. ``services.users`` finds the user, the project
and the asset that a call names.

Imported by: client, http, services.
"""
