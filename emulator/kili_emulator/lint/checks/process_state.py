"""KP708 to KP713: changes to the state of the whole process."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.python_source.module import Module
from kili_emulator.python_source.syntax import split_attributes

_SHARED_NOTE = (
    "The whole process shares this state: other code in it and later runs see the change at any "
    "time. "
)
_MUTATING_METHODS = ("append", "clear", "extend", "insert", "pop", "remove", "setdefault", "update")
_STREAMS = ("sys.stdout", "sys.stderr", "sys.stdin")
_DESCRIPTORS = (0, 1, 2)

FOLDER = Rule(
    "KP708",
    "note",
    "The plugin changes the current folder",
    _SHARED_NOTE + "The current folder at the start of a handler is not public.",
    "chosen",
    "{call} changes the current folder of the whole process",
    "use absolute paths, such as those of tempfile.TemporaryDirectory",
)
PATH = Rule(
    "KP709",
    "note",
    "The plugin changes sys.path",
    _SHARED_NOTE + "Python finds the modules of the plugin without the change.",
    "chosen",
    "{call} changes the module search path of the whole process",
    "import the plugin's modules by their names relative to main.py",
)
ENVIRONMENT = Rule(
    "KP710",
    "note",
    "The plugin changes environment variables",
    _SHARED_NOTE + "Libraries that are already loaded do not read the variables again.",
    "chosen",
    "{call} changes the environment of the whole process",
    "pass the setting as an argument to the code that needs it",
)
SETTINGS = Rule(
    "KP711",
    "note",
    "The plugin changes a setting of the interpreter",
    _SHARED_NOTE,
    "chosen",
    "{call} changes a setting of the whole process",
    "do without the setting, or restore it before the handler returns",
)
PATCH = Rule(
    "KP712",
    "warning",
    "The plugin changes another module",
    _SHARED_NOTE + "The SDK and the code that runs the plugin use the same modules.",
    "chosen",
    "{call} changes a module for the whole process",
    "write a subclass or a function of your own, and use that",
)
STREAM = Rule(
    "KP713",
    "warning",
    "The plugin replaces or closes a standard stream",
    _SHARED_NOTE + "The platform reads printed text from these streams.",
    "chosen",
    "{call} takes the stream from the whole process",
    "print to a file of your own, or use self.logger",
)

RULES = (FOLDER, PATH, ENVIRONMENT, SETTINGS, PATCH, STREAM)

_CALLS: Mapping[str, Rule] = {
    **dict.fromkeys(("contextlib.chdir", "os.chdir", "os.fchdir"), FOLDER),
    "site.addsitedir": PATH,
    **dict.fromkeys(("dotenv.load_dotenv", "os.putenv", "os.unsetenv"), ENVIRONMENT),
    **dict.fromkeys(
        (
            "gc.disable",
            "locale.setlocale",
            "logging.disable",
            "multiprocessing.set_start_method",
            "os.nice",
            "os.umask",
            "resource.setrlimit",
            "socket.setdefaulttimeout",
            "sys.setprofile",
            "sys.setrecursionlimit",
            "sys.settrace",
            "threading.stack_size",
            "time.tzset",
        ),
        SETTINGS,
    ),
    **dict.fromkeys(("contextlib.redirect_stderr", "contextlib.redirect_stdout"), STREAM),
    **dict.fromkeys(
        ("unittest.mock.patch", "unittest.mock.patch.dict", "unittest.mock.patch.object"), PATCH
    ),
}
# Objects that assignments and method calls change.
_VALUES: Mapping[str, Rule] = {
    "sys.path": PATH,
    "os.environ": ENVIRONMENT,
    **dict.fromkeys(_STREAMS, STREAM),
}


def check_process_calls(plugin: Plugin) -> Iterator[Finding]:
    """Find calls that change the state of the process."""
    for module, call, origin in plugin.resolved_calls():
        rule = _CALLS.get(origin) or _rule_for_call(plugin, module, call, origin)
        if rule:
            yield rule.make_finding(module.path, call.lineno, call=ast.unparse(call.func))


def _rule_for_call(plugin: Plugin, module: Module, call: ast.Call, origin: str) -> Rule | None:
    owner, _, method = origin.rpartition(".")
    if owner in _STREAMS:
        return STREAM if method == "close" else None
    if owner in _VALUES and method in _MUTATING_METHODS:
        return _VALUES[owner]
    last = call.args[-1] if call.args else None
    if origin in ("os.close", "os.dup2") and isinstance(last, ast.Constant):
        return STREAM if last.value in _DESCRIPTORS else None
    if origin in ("builtins.setattr", "builtins.delattr") and call.args:
        return PATCH if _is_foreign(plugin, module, call.args[0]) else None
    return None


def check_process_values(plugin: Plugin) -> Iterator[Finding]:
    """Find assignments that change the state of the process."""
    for module in plugin.reachable_modules:
        for node in module.walk():
            if not isinstance(node, ast.Attribute | ast.Subscript) or isinstance(
                node.ctx, ast.Load
            ):
                continue
            rule = _rule_for_assignment(plugin, module, node)
            if rule:
                call = f"assigning to {ast.unparse(node)}"
                yield rule.make_finding(module.path, node.lineno, call=call)


def changes_sys_path(plugin: Plugin) -> bool:
    """Return whether the plugin changes the module search path."""
    found = [*check_process_calls(plugin), *check_process_values(plugin)]
    return any(each.code == PATH.code for each in found)


def _rule_for_assignment(
    plugin: Plugin, module: Module, node: ast.Attribute | ast.Subscript
) -> Rule | None:
    target = node if isinstance(node, ast.Attribute) else node.value
    origin = plugin.names.origin(module, target)
    if origin and origin in _VALUES:
        return _VALUES[origin]
    is_foreign = isinstance(node, ast.Attribute) and _is_foreign(plugin, module, node.value)
    return PATCH if is_foreign else None


def _is_foreign(plugin: Plugin, module: Module, node: ast.expr) -> bool:
    """Return whether an expression is a module or class of another package."""
    origin = plugin.names.origin(module, node)
    if origin is None or origin.startswith("builtins.") or not _root_is_import(module, node):
        return False
    top = origin.partition(".")[0]
    if top in plugin.modules:
        return False
    attributes = origin.split(".")[_imported_parts(plugin, module, node) :]
    return not attributes or attributes[-1][:1].isupper()


def _root_is_import(module: Module, node: ast.expr) -> bool:
    root, _ = split_attributes(node)
    found = module.scope_of(root).find(root.id) if isinstance(root, ast.Name) else None
    return found is not None and all(each.kind == "import" for each in found[1])


def _imported_parts(plugin: Plugin, module: Module, node: ast.expr) -> int:
    """Return how many parts of an origin belong to the imported module."""
    imported = {
        each.name
        for statement in module.walk()
        if isinstance(statement, ast.Import)
        for each in statement.names
    }
    root = plugin.names.origin(module, split_attributes(node)[0]) or ""
    origin = plugin.names.origin(module, node) or ""
    longest = [each for each in (*imported, root) if f"{origin}.".startswith(f"{each}.")]
    return max((each.count(".") + 1 for each in longest), default=1)
