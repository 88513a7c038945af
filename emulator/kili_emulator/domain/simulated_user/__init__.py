"""Simulated users: the actions of labelers and reviewers in the app.

``actions`` has one function per action, ``opening`` the rules for opening and locking an asset,
``queue`` the assets that the app offers. Which user, project and asset a call names is found by
``services``; nothing here knows of commands or HTTP.
"""
