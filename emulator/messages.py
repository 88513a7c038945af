"""What the emulator writes for its users to read; the platform's own wording is not public."""

# Lines that ``getPluginBuildErrors`` answers

BUILD_NOT_UTF8 = "{file} is not UTF-8 text: save it as UTF-8 and update the plugin"
BUILD_NO_MAIN = (
    "the archive holds no main.py: put the PluginHandler class in main.py, at the top of the folder"
)
BUILD_NO_HANDLER = (
    "main.py defines no class PluginHandler: define one that inherits kili.plugins.PluginCore"
)
BUILD_NOT_A_CLASS = "PluginHandler in main.py is not a class: it must be one"
BUILD_BAD_ZIP = "the uploaded archive cannot be read: {reason}"
BUILD_UNSAFE_ENTRY = (
    'the archive entry "{name}" leaves the plugin\'s folder: use relative paths without ".."'
)
BUILD_LINK = 'the archive entry "{name}" is a link: put the file itself into the archive'
BUILD_TOO_MANY = "the archive has {count} entries; at most {limit} are allowed"
BUILD_TOO_LARGE = "the archive unpacks to more than {limit} MB: leave data files out"
BUILD_DUPLICATE = 'the archive holds "{name}" twice: keep one'
BUILD_TIMEOUT = (
    "importing the plugin took longer than {seconds:g} s: move slow work from the module level "
    "into the handlers"
)
PATTERN_IN_VAIN = (
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
    "requirements.txt, line {line}: {text}: {reason}, and the emulator installs nothing by itself: "
    "run `{command}` and update the plugin"
)
BUILD_INSTALL_FAILED = "requirements.txt could not be installed; pip says:\n{said}"
INSTALLING = "installing for a plugin: {names}"
INSTALLED = "installed for a plugin: {names}"
INSTALL_HINT = (
    "{module} is there on the platform, but not installed beside the emulator: run `{command}`"
)
BUILD_EXIT = "the plugin ended the interpreter while it was imported ({error}): remove the call"
BUILD_PROCESS = "importing the plugin ended its process: {error}"


# Settings of the plugin host that do not work out

PYTHON_UNUSABLE = "plugin_python = {path} cannot be run ({reason}): give the path of a Python"
PYTHON_WITHOUT_SDK = (
    "plugin_python = {path} cannot import kili ({reason}): install it there with "
    "`{path} -m pip install kili`"
)

# Lines of the emulator's own that ``getPluginLogs`` answers

RUN_TIMEOUT = "Plugin timed out after {seconds:g} seconds"
RUN_ABANDONED = (
    "The handler could not be stopped: its thread was left behind and its key revoked. "
    "Restart the emulator to be rid of it."
)
RUN_EXIT = "The handler called sys.exit or quit ({error}); on the platform this ends its process"
RUN_INTERRUPTED = (
    "The emulator stopped, or its world was brought back, while this run was going on; "
    "it was not run again"
)
RUN_PROCESS_EXIT = "The plugin ended its process (os._exit) with exit code {code}"
RUN_CRASHED = "The plugin's process was ended by {signal}"
RUN_OUT_OF_MEMORY = "Plugin used more memory than the {limit} MB that it may"
RUN_NOT_DEPLOYED = "Not run: the plugin was {status} when {event} happened"
RUN_SUPPRESSED = "Not run: {event} was caused by a run of this plugin itself"
RUN_TOO_DEEP = (
    "Not run: {event} is the end of a chain of {depth} runs that caused one another; plugins that "
    "answer each other's changes need a condition to stop at"
)
RUN_QUEUED = "Queued without the caller waiting: the run that caused {event} is itself waited for"
RUN_MANY_CALLS = "API calls after the first {limit} are counted, but not recorded"
CALL_TRUNCATED = "… (cut off: {left} more characters)"
RUN_TRUNCATED = "Output truncated: a run records at most {limit} characters"
RUN_STILL_GOING = (
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
WEBHOOK_TIMEOUT = "The webhook did not answer within {seconds:g} seconds"
WEBHOOK_UNREACHABLE = "The webhook could not be reached: {reason}"


# Notifications of imports

IMPORT_SUCCEEDED = 'Added to the project "{project}": {count}'
IMPORT_FAILED = 'Nothing was added to the project "{project}": {failures}'
FILE_UNREADABLE = "the file of {name} is not of one of the formats {formats}"


# Mails

INVITATION_SUBJECT = "You are invited to Kili"
INVITATION = "You are invited to the project {title!r} as {role}."
RESET_SUBJECT = "Reset of your password"
RESET = "Your password was reset. The new one is: {password}"
