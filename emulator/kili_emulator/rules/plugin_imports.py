"""Decide which packages a plugin may import where it runs.

The platform in the cloud installs the packages that ``requirements.txt`` names; on premise there is
a fixed list of packages (contract/plugin.md#imports); the tutorial allows numpy and the SDK only.
The standard library is always allowed.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from kili_emulator.python_source.imports import Import, imports_of
from kili_emulator.rules.plugin_policy import Policy

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
# The full list of the cloud is not public: it has at least these (contract/plugin.md#imports).
PROVIDED: dict[Policy, tuple[str, ...]] = {
    "saas": ON_PREMISE,
    "on-premise": ON_PREMISE,
    "tutorial": ("numpy", "kili"),
}

# Module → the distributions to install, where the names differ.
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


@dataclass(frozen=True)
class ImportViolation:
    """An import that is not allowed where the plugin runs.

    Attributes:
        file: path relative to the plugin's folder.
        line: counted from 1.
        module: dotted name of the imported module.
        reason: why the import is not allowed.
        remedy: how to fix the problem.
    """

    file: str
    line: int
    module: str
    reason: str
    remedy: str


def find_third_party_imports(files: Mapping[str, str]) -> Iterator[tuple[str, Import]]:
    """Find the imports of modules that belong neither to the plugin nor to the standard library.

    Args:
        files: path relative to the plugin's folder → source. Files that are not valid Python are
            skipped.

    Yields:
        the path of the file and the import.
    """
    own_modules = {name.partition("/")[0].removesuffix(".py") for name in files}
    if any("sys.path" in source for source in files.values()):  # may add any folder
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
    """Return the distributions that may provide a module; suggest the first one.

    Args:
        module: dotted name.
        installed: the result of :func:`importlib.metadata.packages_distributions`.
    """
    top = module.partition(".")[0]
    known = [*COMMON_NAMES.get(top, ()), *installed.get(top, ())]
    return list(dict.fromkeys(known)) or [top]


def has_known_distributions(module: str) -> bool:
    """Return whether the distributions of a module are known without an installation."""
    return module.partition(".")[0] in COMMON_NAMES


def may_provide(distribution: str, module: str, installed: Mapping[str, Sequence[str]]) -> bool:
    """Return whether a distribution provides a module, by its name and metadata.

    Args:
        module: dotted name.
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
    """Return the imports of a plugin that a policy does not allow.

    Optional imports are always allowed.

    Args:
        files: path → source.
        installed: the result of :func:`importlib.metadata.packages_distributions`.
        required: the names of the distributions that ``requirements.txt`` brings. They count in
            the cloud only, where they are installed.
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
    """Return whether a top-level name belongs to a known or installed package."""
    return top in COMMON_NAMES or top in installed


def _is_allowed(top: str, names: Sequence[str], allowed: Collection[str]) -> bool:
    """Return whether an allowed distribution provides a module.

    For a namespace such as ``google``, each distribution ``google-…`` does.
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
        reason = "the plugin has no such module, and no package in requirements.txt provides it"
        remedy = (
            f"if {each.top}.py is your own file, upload its folder; "
            "otherwise add its package to a requirements.txt beside main.py"
        )
    elif policy == "on-premise":
        reason = f"on premise, plugins can only import {', '.join(ON_PREMISE)}"
        remedy = "do without the package, or use the standard library"
    else:
        reason = "the tutorial's plugins can only import numpy and kili"
        remedy = "do without the package, or use the standard library"
    return ImportViolation(file, each.line, each.module, reason, remedy)
