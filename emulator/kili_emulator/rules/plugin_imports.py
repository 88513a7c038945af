"""The packages that a plugin imports, and those that a place to run plugins allows.

The platform in the cloud installs the packages in ``requirements.txt``; on premise there is a fixed
list of packages (contract/plugin.md#imports); the tutorial allows only numpy and the SDK. The
standard library needs no installation and is always allowed.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from packaging.utils import canonicalize_name

Policy = Literal["saas", "on-premise", "tutorial"]
POLICIES: tuple[Policy, ...] = get_args(Policy)

ON_PREMISE = (
    "numpy",
    "pandas",
    "scikit-learn",
    "opencv-python-headless",
    "Pillow",
    "requests",
    "uuid",
    "kili",
)
# policy → the packages that are always installed. The list of the cloud is not public; the cloud
# has at least these packages (contract/plugin.md#imports).
PROVIDED: dict[Policy, tuple[str, ...]] = {
    "saas": ON_PREMISE,
    "on-premise": ON_PREMISE,
    "tutorial": ("numpy", "kili"),
}

# module → its distributions, if their names differ from the name of the module
COMMON_NAMES: dict[str, tuple[str, ...]] = {
    "attr": ("attrs",),
    "bs4": ("beautifulsoup4",),
    "cv2": (
        "opencv-python-headless",
        "opencv-python",
        "opencv-contrib-python",
        "opencv-contrib-python-headless",
    ),
    "Crypto": ("pycryptodome",),
    "dateutil": ("python-dateutil",),
    "docx": ("python-docx",),
    "dotenv": ("python-dotenv",),
    "fitz": ("PyMuPDF",),
    "git": ("GitPython",),
    "jwt": ("PyJWT",),
    "magic": ("python-magic",),
    "OpenSSL": ("pyOpenSSL",),
    "osgeo": ("GDAL",),
    "PIL": ("Pillow",),
    "pkg_resources": ("setuptools",),
    "psycopg2": ("psycopg2-binary", "psycopg2"),
    "serial": ("pyserial",),
    "skimage": ("scikit-image",),
    "sklearn": ("scikit-learn",),
    "websocket": ("websocket-client",),
    "yaml": ("PyYAML",),
}
# The names in the condition of an import that is only for some interpreters or environments.
_ABOUT_ENVIRONMENT = {"version_info", "platform", "find_spec"}
_CATCH_IMPORT_ERRORS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


@dataclass(frozen=True)
class Import:
    """A module that a source imports by its absolute name.

    Attributes:
        module: the dotted name of the module.
        line: the line of the import, counted from 1.
        optional: whether the plugin may run without the module: the import error is caught, the
            import replaces a module that may be missing, or a condition makes the import for some
            interpreters or environments only.
    """

    module: str
    line: int
    optional: bool = False

    @property
    def top(self) -> str:
        """The name of the top-level package of the module."""
        return self.module.partition(".")[0]


@dataclass(frozen=True)
class ImportViolation:
    """An import that a policy does not allow.

    Attributes:
        file: the path of the source, relative to the folder of the plugin.
        line: the line of the import, counted from 1.
        module: the imported module.
        reason: why the import is not allowed.
        remedy: how to fix the plugin.
    """

    file: str
    line: int
    module: str
    reason: str
    remedy: str


def imports_of(source: str) -> list[Import]:
    """Return the modules that a source imports when it runs, in line order.

    The result has no relative imports and no imports that only type checkers read. It includes
    calls of ``importlib.import_module`` with a literal name.

    Raises:
        SyntaxError: the source is not Python.
    """
    found = _Imports()
    found.visit(ast.parse(source))
    return sorted(found.found, key=lambda each: each.line)


class _Imports(ast.NodeVisitor):
    def __init__(self) -> None:
        self.found: list[Import] = []
        self._optional = False

    def visit_Import(self, node: ast.Import) -> None:
        for each in node.names:
            self._add_import(each.name, node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level == 0 and node.module:
            self._add_import(node.module, node)

    def visit_Call(self, node: ast.Call) -> None:
        named = _last_name(node.func) in ("import_module", "__import__")
        first = node.args[0] if node.args else None
        module = first.value if named and isinstance(first, ast.Constant) else None
        if isinstance(module, str) and module and not module.startswith("."):
            self._add_import(module, node)
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        if _last_name(node.test) == "TYPE_CHECKING":
            self._visit_all(node.orelse)
            return
        self.visit(node.test)
        self._visit_all([*node.body, *node.orelse], _is_about_environment(node.test))

    def visit_Try(self, node: ast.Try) -> None:
        catching = [each for each in node.handlers if _catches(each.type)]
        others = [each for each in node.handlers if each not in catching]
        self._visit_all(node.body, bool(catching))
        self._visit_all(catching, any(map(_is_import, node.body)))
        self._visit_all([*others, *node.orelse, *node.finalbody])

    def visit_With(self, node: ast.With) -> None:
        calls = [each.context_expr for each in node.items]
        suppressed = any(
            isinstance(call, ast.Call)
            and _last_name(call.func) == "suppress"
            and any(_catches(argument) for argument in call.args)
            for call in calls
        )
        self._visit_all(calls)
        self._visit_all(node.body, suppressed)

    def _visit_all(self, nodes: Sequence[ast.AST], optional: bool = False) -> None:
        before, self._optional = self._optional, self._optional or optional
        for each in nodes:
            self.visit(each)
        self._optional = before

    def _add_import(self, module: str, node: ast.stmt | ast.expr) -> None:
        self.found.append(Import(module, node.lineno, self._optional))


def _is_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _is_about_environment(test: ast.expr) -> bool:
    nodes = [each for each in ast.walk(test) if isinstance(each, ast.Attribute | ast.Name)]
    return any(_last_name(each) in _ABOUT_ENVIRONMENT for each in nodes)


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _catches(node: ast.expr | None) -> bool:
    """Return whether an ``except`` with this expression catches the error of a missing module."""
    if isinstance(node, ast.Tuple):
        return any(_catches(each) for each in node.elts)
    return node is None or _last_name(node) in _CATCH_IMPORT_ERRORS


def find_third_party_imports(files: Mapping[str, str]) -> Iterator[tuple[str, Import]]:
    """Yield the imports of a plugin that are neither its own modules nor the standard library.

    Args:
        files: path → source; the paths are relative to the folder of the plugin. Sources that are
            not Python are skipped.

    Yields:
        the path and the import.
    """
    own_modules = {name.partition("/")[0].removesuffix(".py") for name in files}
    # A plugin that changes ``sys.path`` may import modules from any of its folders.
    if any("sys.path" in source for source in files.values()):
        own_modules |= {part.removesuffix(".py") for name in files for part in name.split("/")}
    for name, source in sorted(files.items()):
        try:
            imports = imports_of(source)
        except (SyntaxError, ValueError, RecursionError):
            continue
        for each in imports:
            if each.top not in own_modules and each.top not in sys.stdlib_module_names:
                yield name, each


def find_distributions(module: str, installed: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the distributions that may provide a module; the first is the one to suggest.

    Args:
        module: the dotted name of the module.
        installed: the result of :func:`importlib.metadata.packages_distributions`.
    """
    top = module.partition(".")[0]
    known = [*COMMON_NAMES.get(top, ()), *installed.get(top, ())]
    return list(dict.fromkeys(known)) or [top]


def has_known_distributions(module: str) -> bool:
    """Return whether the distributions of a module are known without an installation."""
    return module.partition(".")[0] in COMMON_NAMES


def may_provide(distribution: str, module: str, installed: Mapping[str, Sequence[str]]) -> bool:
    """Return whether a distribution may provide a module, judged by names and metadata.

    Args:
        module: the dotted name of the module.
        installed: the result of :func:`importlib.metadata.packages_distributions`.
    """
    top = module.partition(".")[0]
    names = find_distributions(module, installed)
    return _is_allowed(top, names, {canonicalize_name(distribution)})


def find_violations(
    files: Mapping[str, str],
    policy: Policy,
    *,
    installed: Mapping[str, Sequence[str]],
    required: Collection[str] = (),
    provided_dependencies: Collection[str] = (),
) -> list[ImportViolation]:
    """Find the imports of a plugin that a policy does not allow.

    An optional import is always allowed.

    Args:
        files: path → source of the plugin.
        installed: the result of :func:`importlib.metadata.packages_distributions`.
        required: the names of the distributions that ``requirements.txt`` installs. They count only
            in the cloud, which installs them.
        provided_dependencies: the dependencies of the packages that the cloud provides.
    """
    allowed = {canonicalize_name(each) for each in PROVIDED[policy]}
    if policy == "saas":
        allowed |= {canonicalize_name(each) for each in (*required, *provided_dependencies)}
    found = []
    for file, each in find_third_party_imports(files):
        names = find_distributions(each.module, installed)
        if not each.optional and not _is_allowed(each.top, names, allowed):
            known = _is_package(each.top, installed)
            found.append(_violation(file, each, names[0] if known else None, policy))
    return found


def _is_package(top: str, installed: Mapping[str, Sequence[str]]) -> bool:
    """Return whether a top-level name is known to be the name of a package."""
    return top in COMMON_NAMES or top in installed


def _is_allowed(top: str, names: Sequence[str], allowed: Collection[str]) -> bool:
    """Return whether an allowed distribution provides a module.

    A namespace such as ``google`` is allowed if any distribution below it is allowed.
    """
    if any(canonicalize_name(each) in allowed for each in names):
        return True
    prefix = canonicalize_name(top) + "-"
    return names == [top] and any(each.startswith(prefix) for each in allowed)


def _violation(
    file: str, each: Import, distribution: str | None, policy: Policy
) -> ImportViolation:
    if policy == "saas" and distribution:
        reason = "the platform installs only what requirements.txt names"
        remedy = f"add the line {distribution} to a requirements.txt beside main.py"
    elif policy == "saas":
        reason = "it is no module of the plugin, and requirements.txt names nothing that brings it"
        remedy = (
            f"upload the folder that has {each.top}.py, if it is yours; "
            "otherwise name its package in a requirements.txt beside main.py"
        )
    elif policy == "on-premise":
        reason = f"on premise, plugins can only import {', '.join(ON_PREMISE)}"
        remedy = "do without it, or with the standard library"
    else:
        reason = "the tutorial's plugins can only import numpy and kili"
        remedy = "do without it, or with the standard library"
    return ImportViolation(file, each.line, each.module, reason, remedy)
