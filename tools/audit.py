"""Compare the packages that the emulator needs with a database of known vulnerabilities.

::

    python tools/audit.py [arguments of pip-audit]

The script runs pip-audit on the packages that are installed in the environment of its interpreter
and that ``kili-emulator`` requires, directly or not; the tools of developers are not among them.
pip-audit has an environment of its own, ``.venvs/audit``. It asks the package index for the
vulnerabilities of each version, so that the script needs a network. A package that the service does
not know is an error (``--strict``): without a network, nothing would be audited.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PRODUCT = "kili-emulator"
_ROOT = Path(__file__).resolve().parent.parent
_ENVIRONMENT = _ROOT / ".venvs" / "audit"
_PIP_AUDIT = "pip-audit>=2.9"


def main(arguments: list[str]) -> int:
    """Audit the installed packages; return the exit code of pip-audit."""
    program = install_pip_audit()
    pins = pinned_requirements()
    print(f"Auditing {len(pins)} packages ...", flush=True)
    with tempfile.TemporaryDirectory(prefix="audit-") as folder:
        path = Path(folder) / "requirements.txt"
        path.write_text("\n".join(pins), encoding="utf-8")
        options = ["--strict", "--no-deps", "--disable-pip", "--progress-spinner", "off"]
        command = [str(program), "--requirement", str(path), *options, *arguments]
        return subprocess.call(command, stdin=subprocess.DEVNULL)


def pinned_requirements() -> list[str]:
    """Return ``name==version`` of each installed package that the emulator requires, sorted."""
    found: dict[str, str] = {}
    pending = [(PRODUCT, frozenset[str]())]
    visited = set()
    while pending:
        package = pending.pop()
        if package in visited:
            continue
        visited.add(package)
        name, extras = package
        installed = distribution(name)
        found[canonicalize_name(name)] = installed.version
        pending += [
            (each.name, frozenset(each.extras)) for each in _requirements(installed, extras)
        ]
    del found[PRODUCT]
    return [f"{name}=={version}" for name, version in sorted(found.items())]


def _requirements(installed: Distribution, extras: frozenset[str]) -> Iterator[Requirement]:
    """Yield the requirements of a package, and of its extras, that apply to this interpreter."""
    for text in installed.requires or []:
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": each}) for each in ("", *extras)):
            yield requirement


def install_pip_audit() -> Path:
    """Return the path of pip-audit, after installing it if necessary."""
    folder = _ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
    program = folder / ("pip-audit.exe" if os.name == "nt" else "pip-audit")
    if not program.exists():
        venv.create(_ENVIRONMENT, clear=True, with_pip=True)
        python = folder / ("python.exe" if os.name == "nt" else "python")
        install = [sys.executable, str(_ROOT / "tools" / "install.py"), "--into", str(python)]
        subprocess.run([*install, _PIP_AUDIT], check=True)
    return program


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
