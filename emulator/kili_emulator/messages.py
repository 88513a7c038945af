"""What the emulator writes for its users to read; the platform's own wording is not public."""

# Lines that ``getPluginBuildErrors`` answers

BUILD_NOT_UTF8 = "{file} is not UTF-8 text: save it as UTF-8 and update the plugin"
BUILD_NO_MAIN = (
    "the archive holds no main.py: put the PluginHandler class in main.py, at the top of the folder"
)
BUILD_NO_HANDLER_CLASS = (
    "main.py defines no class PluginHandler: define one that inherits kili.plugins.PluginCore"
)
BUILD_NOT_A_CLASS = "PluginHandler in main.py is not a class: it must be one"
BUILD_NO_HANDLER_METHOD = (
    "PluginHandler in main.py has no handler, so nothing would ever call it: define on_submit, "
    "on_review, on_custom_interface_click or on_send_back_to_queue, on_event, or methods that are "
    "decorated with @on_kili_event"
)
BUILD_NO_EVENT_MATCHER = (
    "PluginHandler in main.py defines on_event, and nothing says which events to call it for: link "
    "the plugin again with --event-matcher, or decorate methods with @on_kili_event instead"
)
BUILD_HANDLERS_AND_MATCHER = (
    "PluginHandler in main.py defines handlers, and the plugin is linked with an event matcher: it "
    "cannot have both; link it again without --event-matcher, or define on_event alone"
)
BUILD_SUBSCRIPTIONS_MIXED = (
    "PluginHandler in main.py has methods that are decorated with @on_kili_event: beside these, it "
    "can have neither handlers such as on_submit, nor on_event, nor an event matcher"
)
BUILD_SUBSCRIPTION_INVALID = (
    "PluginHandler.{method} in main.py: @on_kili_event is the only decorator of a plain method "
    "(not async), and takes no arguments"
)
BUILD_SUBSCRIPTION_WITHOUT_EVENT = (
    "PluginHandler.{method} in main.py takes self and the event, whose annotation says which "
    "events it is for: def {method}(self, event: AssetSkippedEvent)"
)
BUILD_EVENT_UNKNOWN = (
    "PluginHandler.{method} in main.py: {name} is no event: annotate the event with names that "
    "main.py imports from kili_events before the class (and not for type checkers alone), such as "
    "AssetSkippedEvent or AssetWorkflowEvent, or with a union of them"
)
BUILD_EVENT_NOT_SENT = (
    "PluginHandler.{method} in main.py: {name} is no event of kili_events that plugins are sent"
)
BUILD_ARCHIVE_UNREADABLE = "the uploaded archive cannot be read: {reason}"
BUILD_DISK_FULL = (
    "the plugin could not be unpacked below the data folder ({reason}): make room on that disk, "
    "then update the plugin"
)
BUILD_UNSAFE_ENTRY = (
    'the archive entry "{name}" leaves the plugin\'s folder: use relative paths without ".."'
)
BUILD_LINK_IN_ARCHIVE = 'the archive entry "{name}" is a link: put the file itself into the archive'
BUILD_TOO_MANY_ENTRIES = "the archive has {count} entries; at most {limit} are allowed"
BUILD_TOO_LARGE = "the archive unpacks to more than {limit} MB: leave data files out"
BUILD_DUPLICATE_ENTRY = 'the archive holds "{name}" twice: keep one'
BUILD_TIMED_OUT = (
    "importing the plugin took longer than {seconds:g} s: move slow work from the module level "
    "into the handlers"
)
PATTERN_WITHOUT_MATCH = (
    'no event that plugins get matches the pattern "{pattern}" of the event matcher: patterns are '
    "of subjects of events, such as asset.skipped or label.workflow.*"
)
PATTERN_NOT_EMITTED = (
    'the pattern "{pattern}" of the event matcher is of events that the platform has and the '
    "emulator never causes: `kili-emulator trigger` calls the plugin for one"
)
BUILD_IMPORT_REFUSED = "{file}, line {line}: {module} cannot be imported: {reason}; {remedy}"
BUILD_REQUIREMENT_UNREADABLE = "requirements.txt, line {line}: {text}: {reason}"
BUILD_REQUIREMENT_UNMET = (
    "requirements.txt, line {line}: {text}: {reason}, and {file}, line {import_line} imports "
    "{module}: {remedy}"
)
BUILD_REQUIREMENT_UNUSED = (
    "requirements.txt, line {line}: {text}: {reason}; no import of the plugin needs it. The "
    "platform installs it: to have it here, too, run `{command}`"
)
BUILD_IMPORT_MISSING = (
    "{file}, line {line}: {module} cannot be imported: nothing that is installed here provides it. "
    "If {texts} in requirements.txt does, which is not installed here: {remedy}"
)
BUILD_INSTALL_REMEDY = (
    "run `{command}` and update the plugin, or start the emulator with --plugin-isolation process "
    "--install-requirements"
)
BUILD_INSTALL_FAILED = "requirements.txt could not be installed; pip says:\n{said}"
INSTALLING = "installing for a plugin: {names}"
INSTALLED = "installed for a plugin: {names}"
FOLDER_NAME_INVALID = "{folder!r} is left alone: its name cannot be that of a world"
FOLDER_WITHOUT_WORLD = "{folder!r} is left alone: it holds no world"
INSTALL_HINT = (
    "{module} is there on the platform, but not installed beside the emulator: run `{command}`"
)
MISSING_FILE_HINT = (
    "{path} is not there: of a plugin's folder, only *.py files and requirements.txt are uploaded. "
    "Put the data into a .py file, or fetch them"
)
BUILD_SYSTEM_EXIT = (
    "the plugin ended the interpreter while it was imported ({error}): remove the call"
)
BUILD_PROCESS_ENDED = "importing the plugin ended its process: {error}"

LINK_NOT_ABSOLUTE = (
    'the path "{path}" is not absolute, and the emulator may run in another folder: give the whole '
    "path"
)
LINK_PATH_NOT_FOUND = "there is nothing at {path}: put the plugin there, or link it to where it is"
LINK_NO_MAIN = (
    "{path} holds no main.py: put the PluginHandler class in main.py, at the top of the folder"
)
LINK_NOT_PYTHON = "{path} is neither a folder nor a .py file: link one of these"
LINK_TOO_LARGE = "the Python files of {path} have more than {limit} MB: leave data out of them"
LINK_TOO_MANY_FILES = (
    "{path} holds more than {limit} Python files: keep what is not the plugin's, such as a virtual "
    "environment, somewhere else"
)
LINK_UNREADABLE = "{path} cannot be read: {reason}"


# What the emulator says of linked plugins on its own output

LINK_DEPLOYED = "plugin {name!r}: version {number}, saved in {path}, runs"
LINK_FAILED = "plugin {name!r}: what is saved in {path} does not run{instead}:\n{problems}"
LINK_PREVIOUS_VERSION_RUNS = "; version {number} runs on"


# What its log says of failed builds and runs

BUILD_FAILED = "plugin {name!r}: the build of version {number} failed: {reason}"
RUN_FAILED = "plugin {name!r}: run {run} ({called}) ended as {outcome}: {reason}"


# Settings of the plugin host that do not work out

PYTHON_UNUSABLE = "plugin_python = {path} cannot be run ({reason}): give the path of a Python"
PYTHON_WITHOUT_SDK = (
    "plugin_python = {path} cannot import kili ({reason}): install it there with "
    "`{path} -m pip install kili`"
)

REQUEST_LOG_FAILED = "a line of the request log could not be written: {reason}"

# Why the lint cannot look at a plugin

LINT_NOT_A_PLUGIN = "{path} is no plugin: give a .py file, or a folder with a main.py"
LINT_PATH_NOT_FOUND = "{path} does not exist: give a .py file, or a folder with a main.py"
LINT_UNREADABLE = "{path} cannot be read: {reason}"
LINT_NO_SDK = "{path} has no SDK that can be read ({reason}): install it with `{command}`"

# Lines of the emulator's own that ``getPluginLogs`` answers

RUN_TIMED_OUT = "Plugin timed out after {seconds:g} seconds"
RUN_ABANDONED = (
    "The handler could not be stopped: its thread was left behind and its key revoked. "
    "Restart the emulator to be rid of it."
)
RUN_HOST_FAILED = (
    "The emulator itself failed at this ({error}), not the plugin: its own output has the traceback"
)
RUN_NOT_STORED = (
    "The handler had ended ({outcome}), and the emulator could not store that: {error}. The end of "
    "the run is kept in memory until there is room again"
)
RUN_SYSTEM_EXIT = (
    "The handler called sys.exit or quit ({error}); on the platform this ends its process"
)
RUN_INTERRUPTED = (
    "The emulator stopped, or its world was brought back, while this run was going on; "
    "it was not run again"
)
RUN_PROCESS_EXITED = "The plugin ended its process (os._exit) with exit code {code}"
RUN_CRASHED = "The plugin's process was ended by {signal}"
RUN_CHANNEL_CORRUPTED = (
    "The plugin wrote to the emulator's channel, or closed it, and its process was ended: use only "
    "the descriptors 0, 1 and 2, and those that the plugin has opened itself"
)
RUN_OUT_OF_MEMORY = "Plugin used more memory than the {limit} MB that it may"
RUN_OUT_OF_SYSTEM_MEMORY = "The system gave the emulator no more memory"
RUN_MEMORY_EXCEEDED = (
    "While this run{beside} was going on, the emulator came to need {taken} MB more; a plugin may "
    "take {limit} MB, which process isolation holds it to"
)
RUN_HANDLER_NOT_EXECUTED = (
    "{method} only returned a {kind}, and what is in it did not run, as nobody carries it out: "
    "define the handler with plain `def` and without `yield`, or use `asyncio.run` in it"
)
# Who did something to the process: known for certain only of a run that no other overlapped.
THIS_HANDLER = "The handler"
THIS_OR_ANOTHER_HANDLER = "The handler, or another one that ran at the same time,"
RUN_OVERLAPPED = ", overlapped by others,"
RUN_CHANGED_PROCESS = (
    "{who} changed {what}: that was put back after the run, as other runs share it"
)
RUN_CLOSED_STREAM = "{who} closed or exchanged {what}: that is the emulator's, and was kept"
RUN_LEFT_THREADS = "The handler left threads running: {names}. {fate}"
RUN_LEFT_PROCESSES = "{who} left processes running: {names}. {fate}"
LEFT_THREADS_CONTINUE = (
    "They go on; but their calls of the API are refused from now on, and what they print is dropped"
)
LEFT_PROCESSES_CONTINUE = "They go on"
LEFT_PROCESSES_ENDED = "They were ended; the next run has another process"
THREAD_FAILED = "Exception in thread {name}:\n{error}"
THREAD_FAILED_LATE = "a thread that a plugin's run left behind: {text}"
RUN_NOT_DEPLOYED = "Not run: the plugin was {status} when {event} happened"
RUN_SUPPRESSED = "Not run: {event} was caused by a run of this plugin itself"
RUN_TOO_DEEP = (
    "Not run: {event} is the end of a chain of {depth} runs that caused one another; plugins that "
    "answer each other's changes need a condition to stop at"
)
RUN_QUEUED = "Queued without the caller waiting: the run that caused {event} is itself waited for"
RUN_PROJECT_NOT_ACTIVE = (
    "The plugin asked for the project {project}, or for something in it, but is not active there "
    "and finds nothing: activate it with kili.activate_plugin_on_project({name!r}, "
    "project_id={project!r})"
)
RUN_ASSET_LOCKED = "The plugin's label was refused. {reason}: {remedy}"
RUN_CALLS_TRUNCATED = "API calls after the first {limit} are counted, but not recorded"
CALL_TRUNCATED = "… (cut off: {left} more characters)"
RUN_TRUNCATED = "Output truncated: a run records at most {limit} characters"
RUN_STILL_RUNNING = (
    "The call that caused this run was answered after {seconds:g} seconds without waiting for "
    "the end of the run"
)

PRINTS_DROPPED = (
    "plugin {name!r}, run {run}: {count} printed lines are not in its logs, as on premise; "
    "use self.logger"
)
BREAKPOINT_REACHED = "Stopped at breakpoint() of {run}. Its time limit is paused; `c` goes on."
BREAKPOINT_WITHOUT_TERMINAL = (
    "breakpoint() needs a terminal: start the emulator in the foreground (without --detach), "
    "or attach a debugger"
)
BREAKPOINT_IN_PROCESS = (
    "breakpoint() has no terminal here: plugins run in processes of their own; start the emulator "
    "with --plugin-isolation inline to debug them"
)
WEBHOOK_ANSWERED = "The webhook answered {status}"
WEBHOOK_TIMED_OUT = "The webhook did not answer within {seconds:g} seconds"
WEBHOOK_UNREACHABLE = "The webhook could not be reached: {reason}"


# Notifications of imports

IMPORT_SUCCEEDED = 'Added to the project "{project}": {count}'
IMPORT_FAILED = 'Nothing was added to the project "{project}": {failures}'
FILE_UNREADABLE = "the file of {name} is not of one of the formats {formats}"


# Mails

INVITATION_SUBJECT = "You are invited to Kili"
INVITATION = "You are invited to the project {title!r} as {role}."
PASSWORD_RESET_SUBJECT = "Reset of your password"
PASSWORD_RESET = "Your password was reset. The new one is: {password}"


# Why a run did not take place, in short

REFUSALS = {
    "SELF_TRIGGERED": "a run of this plugin itself caused it",
    "TOO_DEEP": "it is the end of a chain of runs that caused one another",
    "NOT_DEPLOYED": "no version of the plugin had been built",
}


# Why a plugin was called, or was not: what is so, and what is to be done, by the word for programs

WHY_REASONS = {
    "RAN": "{called} was called: {outcome}",
    "METHOD_MISSING": "the class PluginHandler of version {version} has {methods}, and no "
    "{method}: what was called is the one of the SDK, which only logs a warning",
    "RUNNING": "{called} is at work on it since {started}",
    "QUEUED": "its run waits for run {ahead}, which goes before it",
    "INTERRUPTED": "the emulator stopped, or its world was brought back, {meanwhile}; it is not "
    "called again by itself",
    "SELF_TRIGGERED": "run {cause} of this plugin itself caused it: its own calls do not call it",
    "TOO_DEEP": "it is the end of a chain of {depth} runs that caused one another; the last of "
    "them is run {cause}",
    "NOTHING_DEPLOYED": "nothing had been deployed: there was only the plugin's name",
    "DEPLOYING": "version {version} was still being deployed",
    "BUILD_FAILED": "the build of version {version} had failed",
    "FROM_SCENARIO": "it is part of the scenario that the world began with: loading one calls "
    "nobody",
    "COPIED": "no event tells of the label: it is a copy (copyLabels), or was written into the "
    "world's documents",
    "OTHER_ORGANIZATION": 'it happened in the organization "{organization}", and the plugin '
    'belongs to "{owner}"',
    "NOT_CREATED_YET": "the plugin was created afterwards, at {created}",
    "NOT_RECORDED": "an earlier version of the emulator handled the event, and did not record its "
    "decision",
    "NEVER_ACTIVE": 'the plugin had never been activated on the project "{project}"',
    "NOT_ACTIVE_YET": 'the plugin was activated on the project "{project}" afterwards, at {since}',
    "DEACTIVATED": 'the plugin had been deactivated on the project "{project}" before, at {since}',
    "LABEL_TYPE": "a label of the type {label_type} calls no handler",
    "NO_HANDLER": "{event} calls no handler",
    "HANDLER_MISSING": "{event} calls {method}, and version {version} asks for {asked}",
    "NOT_MATCHED": "it was {event}, and version {version} asks for {asked}",
    "LOST": "nothing stood in its way, and yet there is no run: the emulator stopped, its world "
    "was brought back, or the plugin was changed, in just that moment",
}
WHY_CLICK = "a click on the button of the custom interface"
WHY_SENT_BACK = "sending the asset back to the queue"
WHY_SETTINGS = "a change of settings"
WHY_NO_SUBSCRIPTION = "nothing"
WHY_NO_METHODS = "no methods"
WHY_DURATION = " after {milliseconds:.0f} ms"
WHY_ANSWERED = ", answered {status}"
WHY_RUN_STARTING = "its run is about to begin"
WHY_DURING_CALL = "while {called} was at work"
WHY_BEFORE_CALL = "before {called} was called"

REMEDIES = {
    "RAN": "`kili-emulator runs show {run}` shows all that is known of it",
    "RUNNING": "`kili-emulator runs show {run}` shows what it has said so far",
    "QUEUED": "the runs of one plugin on one project follow one another: `kili-emulator runs show "
    "{ahead}` shows what that one is at",
    "INTERRUPTED": "do the same again; if that ends the emulator each time, start it with "
    "--plugin-isolation process",
    "SELF_TRIGGERED": "do the rest in the same handler, or with a client of your own instead of "
    "self.kili",
    "TOO_DEEP": "give plugins that answer each other's changes a condition to stop at",
    "NOTHING_DEPLOYED": "deploy its code: kili.update_plugin(path, {name!r})",
    "DEPLOYING": "wait until kili.get_plugin_status({name!r}) is ACTIVE, and do the same again",
    "BUILD_FAILED": "mend what the build errors say, and {update}",
    "FROM_SCENARIO": "do the same through the API, or play somebody who does: `kili-emulator "
    "submit`, …",
    "COPIED": "append the label with kili.append_labels",
    "OTHER_ORGANIZATION": "upload the plugin with an API key of that organization",
    "NOT_RECORDED": "do the same again",
    "NEVER_ACTIVE": "kili.activate_plugin_on_project({name!r}, project_id={project_id!r})",
    "LABEL_TYPE": "submit the label: work in progress is told to nobody",
    "NO_HANDLER": "with the event matcher [{event!r}], on_event is called for it",
    "HANDLER_MISSING": "define {method} in the class PluginHandler, and {update}",
    "NOT_MATCHED": "add {event!r}, or a pattern that stands for it, to the event matcher, and "
    "update the plugin",
    "LOST": "do the same again",
}
REMEDIES["DEACTIVATED"] = REMEDIES["NEVER_ACTIVE"]
REMEDIES["METHOD_MISSING"] = REMEDIES["HANDLER_MISSING"]

UPDATE_BY_UPLOAD = "update the plugin: kili.update_plugin(path, {name!r})"
UPDATE_BY_SAVING = "save it in {path}"

REMEDY_DELETED = "nothing any more: the plugin has been deleted"
REMEDY_ASK_AGAIN = "ask again in a moment"
REMEDY_REDELIVER = "mend the receiver, and have it delivered again: `kili-emulator redeliver {run}`"
REMEDY_WEBHOOK_HANDLER = (
    "ask for it: kili.update_webhook(url, {name!r}, header, handler_types=[…, {handler!r}])"
)
REMEDY_WEBHOOK_EVENT = (
    "ask for it: kili.update_webhook(url, {name!r}, header, event_matcher=[…, {event!r}])"
)
REMEDY_PREDICTION = (
    "append a DEFAULT label for on_submit, or a REVIEW label for on_review; or have on_event "
    "called for it, with the event matcher [{event!r}]"
)
REMEDY_MISSPELLED = "it has a method {misspelled}: call it {method}, and {update}"
REMEDY_NOT_SUBSCRIBED = (
    "the class has {method}, and the client did not ask for it, as clients look for a plain "
    "`def {method}` in the body of the class: write it so, and {update}"
)
REMEDY_OLD_CLIENT = (
    "the SDK {client}, which deployed it, cannot ask for it: deploy it with {other} or newer"
)
REMEDY_NEW_CLIENT = (
    "the SDK {client}, which deployed it, does not ask for it any more, as those up to {other} "
    "did: ask for events with an event matcher, and define on_event"
)

REMEDY_DEPLOYING = (
    "version {newest}, which asks for it, is still being deployed: wait until "
    "kili.get_plugin_status({name!r}) is ACTIVE, and do the same again"
)
REMEDY_NEWEST_FAILED = (
    "version {newest} asks for it, but its build failed: mend what kili.get_plugin_build_errors"
    "({name!r}) says, and {update}"
)

RESOLVED_REMEDIES = {
    "origin": "nothing any more: there is such a plugin by now",
    "activity": "nothing any more: it is active there since {since}",
    "deployment": "nothing any more: version {version} has been built since",
    "subscription": "nothing any more: version {version}, deployed since, asks for it",
    "method": "nothing any more: version {version}, deployed since, has it",
}
NOW_CALLED = (
    "As things are now, it would be called. Do the same again, or call it by hand: `kili-emulator "
    "trigger {trigger} --plugin {quoted} --project {project_id} --payload FILE`"
)
NOW_NOT_CALLED = "As things are now, it would still not be called: {words}"
