"""Refused requests about notifications."""

from __future__ import annotations

from tests.bad_input.refused_request import UNKNOWN_ID, denied, invalid, not_admin, refused

_GOOD = {"message": "Done.", "status": "SUCCESS", "userID": "<leo>"}
_LEOS = {"id": "<notification>"}

CASES = [
    denied("createNotification", "unknown user", data={**_GOOD, "userID": UNKNOWN_ID}),
    not_admin("createNotification", data=_GOOD),
    not_admin("createNotification", "manager", data=_GOOD),
    refused("createNotification", "for nobody", "members of data are missing: userID",
            data={"message": "Done.", "status": "SUCCESS"}),
    refused("createNotification", "empty", "are missing: message, status, userID", data={}),
    refused("createNotification", "more than done", "progress must be between 0 and 100",
            data={**_GOOD, "progress": 101}),
    invalid("createNotification", "unknown status", 'Value "DONE" does not exist',
            data={**_GOOD, "status": "DONE"}),
    denied("updatePropertiesInNotification", "unknown", data={}, where={"id": UNKNOWN_ID}),
    denied("updatePropertiesInNotification", "somebody else's", "manager",
           data={"hasBeenSeen": True}, where=_LEOS),
    denied("updatePropertiesInNotification", "of another task",
           data={"hasBeenSeen": True}, where={**_LEOS, "taskId": UNKNOWN_ID}),
    denied("updatePropertiesInNotification", "to an unknown user",
           data={"userID": UNKNOWN_ID}, where=_LEOS),
    not_admin("updatePropertiesInNotification",
              data={"hasBeenSeen": True, "message": "?"}, where=_LEOS),
    refused("updatePropertiesInNotification", "no id", "where.id is missing",
            data={"hasBeenSeen": True}, where={"hasBeenSeen": False}),
    refused("updatePropertiesInNotification", "less than nothing", "between 0 and 100",
            data={"progress": -1}, where=_LEOS),
    invalid("updatePropertiesInNotification", "seen is a text", "Boolean cannot represent",
            data={"hasBeenSeen": "yes"}, where=_LEOS),
]  # fmt: skip
