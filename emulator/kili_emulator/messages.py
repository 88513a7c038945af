"""The texts that users read, other than errors of the API: build problems, log lines, hints.

The wording of the platform's own texts is not public, except where a comment says so.
"""

# Build problems: the lines of ``getPluginBuildErrors``

BUILD_NOT_UTF8 = "{file} is not UTF-8 text: save it as UTF-8 and update the plugin"
BUILD_NO_MAIN = (
    "the archive has no main.py: put the PluginHandler class into main.py at the top of the folder"
)
BUILD_NO_HANDLER_CLASS = (
    "main.py defines no class PluginHandler: define one that inherits kili.plugins.PluginCore"
)
BUILD_NOT_A_CLASS = (
    "PluginHandler in main.py is not a class: define it with `class PluginHandler(PluginCore)`"
)
BUILD_NO_HANDLER_METHOD = (
    "PluginHandler in main.py has no handler, so it would never be called: define {handlers} "
    "or {last}, or methods decorated with @on_kili_event"
)
BUILD_NO_EVENT_MATCHER = (
    "PluginHandler in main.py defines on_event, but the plugin has no event matcher, so on_event "
    "would never be called: link the plugin again with --event-matcher, or decorate methods with "
    "@on_kili_event instead"
)
BUILD_HANDLERS_AND_MATCHER = (
    "PluginHandler in main.py defines handlers, and the plugin is linked with an event matcher: a "
    "plugin cannot have both. Link it again without --event-matcher, or define only on_event"
)
BUILD_SUBSCRIPTIONS_MIXED = (
    "PluginHandler in main.py has methods decorated with @on_kili_event: remove its other "
    "handlers, such as on_submit or on_event, and the event matcher"
)
BUILD_SUBSCRIPTION_INVALID = (
    "PluginHandler.{method} in main.py: write @on_kili_event without arguments, as the only "
    "decorator of a plain method (not async)"
)
BUILD_SUBSCRIPTION_WITHOUT_EVENT = (
    "PluginHandler.{method} in main.py must take self and one event, with an annotation that names "
    "the events to call it for: def {method}(self, event: AssetSkippedEvent)"
)
BUILD_EVENT_UNKNOWN = (
    "PluginHandler.{method} in main.py: {name} is not an event: annotate the argument with names "
    "such as AssetSkippedEvent or AssetWorkflowEvent, or with a union of them. main.py must import "
    "these names from kili_events before the class, outside `if TYPE_CHECKING`"
)
BUILD_EVENT_NOT_SENT = (
    "PluginHandler.{method} in main.py: {name} is an event of kili_events that plugins never get: "
    "annotate the argument with another event"
)
BUILD_ARCHIVE_UNREADABLE = "the uploaded archive cannot be read: {reason}"
BUILD_DISK_FULL = (
    "the plugin could not be unpacked in the data folder ({reason}): free space on that disk, then "
    "update the plugin"
)
BUILD_UNSAFE_ENTRY = (
    'the archive entry "{name}" leaves the plugin\'s folder: use relative paths without ".."'
)
BUILD_LINK_IN_ARCHIVE = 'the archive entry "{name}" is a link: replace it with the file itself'
BUILD_TOO_MANY_ENTRIES = (
    "the archive has {count} entries, more than the limit of {limit}: leave files out"
)
BUILD_TOO_LARGE = "the archive unpacks to more than {limit} MB: leave data files out"
BUILD_SOURCE_TOO_LARGE = (
    "{file} has {size:.1f} MB, and a Python file of a plugin has at most {limit} MB: keep data out "
    "of the code, for example in the metadata of the project"
)
BUILD_DUPLICATE_ENTRY = 'the archive has two entries named "{name}": keep one'
BUILD_TIMED_OUT = (
    "importing the plugin took longer than {seconds:g} s: move slow work from the module level "
    "into the handlers"
)
PATTERN_WITHOUT_MATCH = (
    'the pattern "{pattern}" of the event matcher matches no event that plugins get: write the '
    "subject of an event, such as asset.skipped, or a pattern such as label.workflow.*"
)
PATTERN_NOT_EMITTED = (
    'the pattern "{pattern}" of the event matcher matches only events that the platform sends and '
    "the emulator does not: call the plugin for such an event with `kili-emulator trigger`"
)
BUILD_IMPORT_REFUSED = "{file}, line {line}: {module} cannot be imported: {reason}; {remedy}"
BUILD_REQUIREMENT_UNREADABLE = "requirements.txt, line {line}: {text}: {reason}"
BUILD_REQUIREMENT_UNMET = (
    "requirements.txt, line {line}: {text}: {reason}, and {file}, line {import_line} imports "
    "{module}: {remedy}"
)
BUILD_REQUIREMENT_UNUSED = (
    "requirements.txt, line {line}: {text}: {reason}; no import of the plugin needs it. The "
    "platform installs it: to install it here too, run `{command}`"
)
BUILD_IMPORT_MISSING = (
    "{file}, line {line}: {module} cannot be imported: no installed package provides it. "
    "If {texts} in requirements.txt provides it, install it: {remedy}"
)
BUILD_INSTALL_REMEDY = (
    "run `{command}` and update the plugin, or start the emulator with --plugin-isolation process "
    "--install-requirements"
)
BUILD_INSTALL_FAILED = "requirements.txt could not be installed; pip printed:\n{output}"
INSTALLING = "installing packages for a plugin: {names}"
INSTALLED = "installed packages for a plugin: {names}"
FOLDER_NAME_INVALID = "folder {folder!r} is ignored: its name is not a valid name of a world"
FOLDER_WITHOUT_WORLD = "folder {folder!r} is ignored: it contains no world"
INSTALL_HINT = "{module} is available on the platform, but not installed here: run `{command}`"
MISSING_FILE_HINT = (
    "{path} does not exist: only the *.py files and requirements.txt of a plugin's folder are "
    "uploaded. Put the data into a .py file, or download them in the plugin"
)
BUILD_SYSTEM_EXIT = "the plugin ended the interpreter during its import ({error}): remove the call"
BUILD_PROCESS_ENDED = "the process ended during the import of the plugin: {error}"

LINK_NOT_ABSOLUTE = (
    'the path "{path}" is not absolute, and the emulator may run in another folder: give the full '
    "path"
)
LINK_PATH_NOT_FOUND = "{path} does not exist: put the plugin there, or give its present path"
LINK_NO_MAIN = (
    "{path} has no main.py: put the PluginHandler class into main.py at the top of the folder"
)
LINK_NOT_PYTHON = "{path} is neither a folder nor a .py file: give the path of one of these"
LINK_TOO_LARGE = (
    "the Python files of {path} are larger than {limit} MB together: take data out of them"
)
LINK_TOO_MANY_FILES = (
    "{path} has more than {limit} Python files: move files that do not belong to the plugin, such "
    "as a virtual environment, to another folder"
)
LINK_UNREADABLE = "{path} cannot be read: {reason}"


# Lines about linked plugins on the emulator's own output

LINK_DEPLOYED = "plugin {name!r}: version {number}, built from {path}, is running"
LINK_FAILED = "plugin {name!r}: the code in {path} cannot be built{instead}:\n{problems}"
LINK_PREVIOUS_VERSION_RUNS = "; version {number} keeps running"


# Log lines about failed builds and runs

BUILD_FAILED = "plugin {name!r}: the build of version {number} failed: {reason}"
RUN_FAILED = "plugin {name!r}: run {run} ({called}) ended as {outcome}: {reason}"


# Log lines of the web server

REQUEST_ANSWERED = "{method} {path} ({operation}): {status} after {milliseconds:.1f} ms"
REQUEST_FAILED = "a request of {path} failed"
CONNECTION_FAILED = "a connection failed"
DESCRIPTORS_EXHAUSTED = (
    "new connections wait, because the process has no more file descriptors ({reason}): close "
    "connections, or start the emulator with a higher limit (ulimit -n)"
)
THREADS_EXHAUSTED = (
    "new connections wait, because no further thread can be started ({reason}): close connections, "
    "or raise the limit of threads"
)


# Log lines about a stop

STOP_WAITS = "stopping: waiting up to {seconds:g} s for {work} (Ctrl-C ends the wait)"
STOP_INTERRUPTS = (
    "stopping without waiting any longer for {work}: to wait longer, start the emulator with a "
    "higher --stop-wait"
)


# Problems with settings of the plugin host

PYTHON_UNUSABLE = (
    "plugin_python = {path} cannot be run ({reason}): give the path of a Python interpreter"
)
PYTHON_WITHOUT_SDK = (
    "plugin_python = {path} cannot import kili ({reason}): install it there with "
    "`{path} -m pip install kili`"
)

REQUEST_LOG_FAILED = (
    "a line of the request log could not be written ({reason}): free space on its disk, or give "
    "another --request-log"
)

# Problems that keep the lint from reading a plugin

LINT_NOT_A_PLUGIN = "{path} is not a plugin: give a .py file, or a folder with a main.py"
LINT_PATH_NOT_FOUND = "{path} does not exist: give a .py file, or a folder with a main.py"
LINT_UNREADABLE = "{path} cannot be read: {reason}"
LINT_NOT_A_FILE = "it is a pipe or a device, and not a file; move it out of the folder"
LINT_NO_SDK = "the SDK of {path} cannot be read ({reason}): install it with `{command}`"

# Lines that the emulator adds to ``getPluginLogs``

RUN_TIMED_OUT = "Plugin timed out after {seconds:g} seconds"
RUN_ABANDONED = (
    "The handler could not be stopped: its thread still runs, and its key is revoked. "
    "Restart the emulator to end the thread."
)
RUN_HOST_FAILED = (
    "The emulator itself failed ({error}), not the plugin: see the traceback in its own output"
)
RUN_NOT_STORED = (
    "The handler ended ({outcome}), but the emulator could not store the outcome: {error}. It "
    "keeps the outcome in memory: free space on the disk of the data folder"
)
RUN_SYSTEM_EXIT = (
    "The handler called sys.exit or quit ({error}), which ends its process on the platform: return "
    "from the handler instead"
)
RUN_INTERRUPTED = (
    "The emulator stopped, or the world was reset or rolled back, during this run. The plugin was "
    "not called again"
)
RUN_PROCESS_EXITED = "The plugin ended its process (os._exit) with exit code {code}"
RUN_CRASHED = "The plugin's process was ended by the signal {signal}"
RUN_CHANNEL_CORRUPTED = (
    "The plugin wrote to the emulator's channel or closed it, so its process was ended: use only "
    "the descriptors 0, 1 and 2, and those that the plugin opens itself"
)
RUN_OUT_OF_MEMORY = "The plugin used more memory than its limit of {limit} MB"
RUN_OUT_OF_SYSTEM_MEMORY = "The system has no more memory for the emulator"
RUN_MEMORY_EXCEEDED = (
    "During this run{overlap}, the emulator's memory grew by {taken} MB. The limit of a plugin is "
    "{limit} MB, which only process isolation enforces"
)
RUN_HANDLER_NOT_EXECUTED = (
    "{method} only returned a {kind}, so the code of the handler did not run: define the handler "
    "with plain `def` and without `yield`, or call `asyncio.run` in it"
)
# The handler that changed the process: certain only if no other run overlapped.
THIS_HANDLER = "The handler"
THIS_OR_ANOTHER_HANDLER = "The handler, or another one that ran at the same time,"
RUN_OVERLAPPED = ", which other runs overlapped"
RUN_CHANGED_PROCESS = (
    "{handler} changed {settings}: the emulator restored the former state after the run, because "
    "other runs share the process"
)
RUN_CLOSED_STREAM = (
    "{handler} closed or replaced {streams}: the emulator needs the original, and kept it"
)
RUN_LEFT_THREADS = "The handler left threads running: {names}. {fate}"
RUN_LEFT_PROCESSES = "{handler} left processes running: {names}. {fate}"
LEFT_THREADS_CONTINUE = (
    "They continue, but their API calls are refused from now on, and their output is dropped"
)
LEFT_PROCESSES_CONTINUE = "They continue"
LEFT_PROCESSES_ENDED = "The emulator ended them; the next run gets a new process"
THREAD_FAILED = "Exception in thread {name}:\n{error}"
THREAD_FAILED_LATE = "a thread that outlived a plugin's run: {text}"
RUN_NOT_DEPLOYED = "Not run: the plugin was {status} when {event} happened"
RUN_SUPPRESSED = "Not run: a run of this same plugin caused {event}"
RUN_TOO_DEEP = (
    "Not run: {event} is the end of a chain of {depth} runs, each caused by the one before. Add a "
    "stop condition to plugins that react to each other's changes"
)
RUN_QUEUED = "Queued, and the caller does not wait: it still waits for the run that caused {event}"
RUN_CLOCK_STOPPED = (
    "Queued, and the caller does not wait: the clock of the world stands still, and runs begin "
    "{seconds:g} seconds after their event. Move it with `kili-emulator clock advance`"
)
RUN_PROJECT_NOT_ACTIVE = (
    "The plugin queried the project {project} or objects of this project, but is not active there, "
    "so the answer is empty: activate it with kili.activate_plugin_on_project({name!r}, "
    "project_id={project!r})"
)
RUN_ASSET_LOCKED = "The plugin's label was refused. {reason}: {remedy}"
RUN_CALLS_TRUNCATED = "Only the first {limit} API calls are recorded; the others are counted"
CALL_TRUNCATED = "… (cut off: {count} more characters)"
RUN_TRUNCATED = "Output truncated: a run records at most {limit} characters"
RUN_STILL_RUNNING = (
    "The call that caused this run was answered after {seconds:g} seconds, before the end of the "
    "run"
)

PRINTS_DROPPED = (
    "plugin {name!r}, run {run}: {count} printed lines are not in its logs, as on premise: "
    "use self.logger instead of print"
)
REPLAY_STOPPED = (
    "Replay of {run}: stopped at the first line of its handler, without a time limit. "
    "Enter `c` to continue."
)
DEBUGGER_AT_ERROR = "{error}: this is the place where it was raised"
BREAKPOINT_REACHED = (
    "Stopped at breakpoint() of {run}. Its time limit is paused. Enter `c` to continue."
)
BREAKPOINT_WITHOUT_TERMINAL = (
    "breakpoint() needs a terminal: start the emulator in the foreground (without --detach), "
    "or attach a debugger"
)
BREAKPOINT_IN_PROCESS = (
    "breakpoint() has no terminal here, because plugins run in separate processes: start the "
    "emulator with --plugin-isolation inline to debug them"
)
WEBHOOK_ANSWERED = "The webhook answered {status}"
WEBHOOK_TIMED_OUT = "The webhook did not answer within {seconds:g} seconds"
WEBHOOK_NOT_SENT = "The webhook was not called, as this is a replay"
WEBHOOK_UNREACHABLE = "The webhook could not be reached: {reason}"
FAULT_LOST_DELIVERY = "a fault of this test lost the delivery"
FAULT_LOST_ANSWER = "a fault of this test lost the answer, after the webhook got the delivery"


# Notifications of imports

IMPORT_SUCCEEDED = 'Added to the project "{project}": {count}'
IMPORT_FAILED = 'Nothing was added to the project "{project}": {failures}'
FILE_UNREADABLE = "the file of {name} has none of the formats {formats}"


# Mails

INVITATION_SUBJECT = "You are invited to Kili"
INVITATION = "You are invited to the project {title!r} as {role}."
PASSWORD_RESET_SUBJECT = "Your password was reset"
PASSWORD_RESET = "Your password was reset. The new one is: {password}"


# Reasons why a run did not take place, in short

REFUSALS = {
    "SELF_TRIGGERED": "a run of this same plugin caused the event",
    "TOO_DEEP": "the event is the end of a chain of runs, each caused by the one before",
    "NOT_DEPLOYED": "no version of the plugin was built at that time",
}
