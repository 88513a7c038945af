"""The texts of ``why``: reasons, and remedies."""

from __future__ import annotations

# Reasons why a plugin was called or not, by reason code; the remedies follow below

WHY_REASONS = {
    "RAN": "{called} was called: {outcome}",
    "METHOD_MISSING": "the class PluginHandler of version {version} has {methods}, but no "
    "{method}: the call reached the method of the SDK, which only logs a warning",
    "RUNNING": "{called} has been running since {started}",
    "QUEUED": "its run waits for the earlier run {ahead}",
    "INTERRUPTED": "the emulator stopped, or the world was reset or rolled back, {meanwhile}; the "
    "emulator does not repeat the call",
    "SELF_TRIGGERED": "run {cause} of this same plugin caused the event: a plugin is not called "
    "for its own changes",
    "TOO_DEEP": "the event is the end of a chain of {depth} runs, each caused by the one before; "
    "the last is run {cause}",
    "NOTHING_DEPLOYED": "the plugin had a name, but no deployed code",
    "DEPLOYING": "version {version} was still being deployed",
    "BUILD_FAILED": "the build of version {version} had failed",
    "FROM_SCENARIO": "the scenario of the world contains it: loading a scenario calls no plugin",
    "COPIED": "the label caused no event: it is a copy (copyLabels), or was written directly into "
    "the documents of the world",
    "OTHER_ORGANIZATION": 'it happened in the organization "{organization}", but the plugin '
    'belongs to "{owner}"',
    "NOT_CREATED_YET": "the plugin was created later, at {created}",
    "NOT_RECORDED": "an earlier version of the emulator handled the event, and did not record its "
    "decision",
    "NEVER_ACTIVE": 'the plugin had never been activated on the project "{project}"',
    "NOT_ACTIVE_YET": 'the plugin was activated on the project "{project}" later, at {since}',
    "DEACTIVATED": 'the plugin had been deactivated on the project "{project}" before, at {since}',
    "LABEL_TYPE": "a label of the type {label_type} calls no handler",
    "NO_HANDLER": "{event} calls no handler",
    "HANDLER_MISSING": "{event} calls {method}, but version {version} subscribes to {asked}",
    "NOT_MATCHED": "the event is {event}, but version {version} subscribes to {asked}",
    "LOST": "the plugin should have been called, but has no run: the emulator stopped, the world "
    "was reset or rolled back, or the plugin was changed at that very moment",
}
WHY_CLICK = "a click on the button of the custom interface"
WHY_SENT_BACK = "sending the asset back to the queue"
WHY_SETTINGS = "a change of settings"
WHY_NO_SUBSCRIPTION = "nothing"
WHY_NO_METHODS = "no methods"
WHY_DURATION = " after {milliseconds:.0f} ms"
WHY_ANSWERED = ", answered {status}"
WHY_RUN_STARTING = "its run is about to start"
WHY_DURING_CALL = "while {called} was running"
WHY_BEFORE_CALL = "before {called} was called"

REMEDIES = {
    "RAN": "`kili-emulator runs show {run}` shows all details of the run",
    "RUNNING": "`kili-emulator runs show {run}` shows its log so far",
    "QUEUED": "the runs of one plugin on one project follow one another: `kili-emulator runs show "
    "{ahead}` shows the progress of the earlier run",
    "INTERRUPTED": "repeat the action; if the plugin ends the emulator each time, start the "
    "emulator with --plugin-isolation process",
    "SELF_TRIGGERED": "do the rest in the same handler, or use a client of your own instead of "
    "self.kili",
    "TOO_DEEP": "add a stop condition to plugins that react to each other's changes",
    "NOTHING_DEPLOYED": "deploy its code: kili.update_plugin(path, {name!r})",
    "DEPLOYING": "wait until kili.get_plugin_status({name!r}) is ACTIVE, then repeat the action",
    "BUILD_FAILED": "fix the build errors, and {update}",
    "FROM_SCENARIO": "repeat the action through the API, or as a simulated user: `kili-emulator "
    "submit`, …",
    "COPIED": "append the label with kili.append_labels",
    "OTHER_ORGANIZATION": "upload the plugin with an API key of that organization",
    "NOT_RECORDED": "repeat the action",
    "NEVER_ACTIVE": "kili.activate_plugin_on_project({name!r}, project_id={project_id!r})",
    "LABEL_TYPE": "submit the label: saving a label that is not submitted calls no plugin",
    "NO_HANDLER": "use the event matcher [{event!r}]: then this event calls on_event",
    "HANDLER_MISSING": "define {method} in the class PluginHandler, and {update}",
    "NOT_MATCHED": "add {event!r}, or a pattern that matches it, to the event matcher, and update "
    "the plugin",
    "LOST": "repeat the action",
}
REMEDIES["DEACTIVATED"] = REMEDIES["NEVER_ACTIVE"]
REMEDIES["METHOD_MISSING"] = REMEDIES["HANDLER_MISSING"]

UPDATE_BY_UPLOAD = "update the plugin: kili.update_plugin(path, {name!r})"
UPDATE_BY_SAVING = "save it in {path}"

REMEDY_DELETED = "nothing: the plugin has been deleted"
REMEDY_ASK_AGAIN = "ask again in a moment"
REMEDY_REDELIVER = "fix the receiver, then deliver the call again: `kili-emulator redeliver {run}`"
REMEDY_WEBHOOK_HANDLER = (
    "subscribe to it: kili.update_webhook(url, {name!r}, header, handler_types=[…, {handler!r}])"
)
REMEDY_WEBHOOK_EVENT = (
    "subscribe to it: kili.update_webhook(url, {name!r}, header, event_matcher=[…, {event!r}])"
)
REMEDY_PREDICTION = (
    "append a DEFAULT label for on_submit, or a REVIEW label for on_review; or use the event "
    "matcher [{event!r}]: then this event calls on_event"
)
REMEDY_MISSPELLED = "rename the method {misspelled} to {method}, and {update}"
REMEDY_NOT_SUBSCRIBED = (
    "the class has {method}, but the client did not subscribe to it, because it looks for a plain "
    "`def {method}` in the body of the class: write it in this form, and {update}"
)
REMEDY_OLD_CLIENT = (
    "the SDK {client}, which deployed the plugin, cannot subscribe to it: deploy the plugin with "
    "{other} or newer"
)
REMEDY_NEW_CLIENT = (
    "the SDK {client}, which deployed the plugin, no longer subscribes to it; versions up to "
    "{other} did: subscribe with an event matcher, and define on_event"
)

REMEDY_DEPLOYING = (
    "version {newest}, which subscribes to it, is still being deployed: wait until "
    "kili.get_plugin_status({name!r}) is ACTIVE, then repeat the action"
)
REMEDY_NEWEST_FAILED = (
    "version {newest} subscribes to it, but its build failed: fix the errors that "
    "kili.get_plugin_build_errors({name!r}) lists, and {update}"
)

RESOLVED_REMEDIES = {
    "origin": "nothing: the plugin exists now",
    "activity": "nothing: the plugin has been active there since {since}",
    "deployment": "nothing: version {version} has been built since then",
    "subscription": "nothing: version {version}, which was deployed later, subscribes to it",
    "method": "nothing: version {version}, which was deployed later, has the method",
}
NOW_CALLED = (
    "Now, the plugin would be called. Repeat the action, or call the plugin by hand: "
    "`kili-emulator trigger {trigger} --plugin {quoted} --project {project_id} --payload FILE`"
)
NOW_NOT_CALLED = "Now, the plugin would still not be called: {words}"
