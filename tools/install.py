"""Install packages into an environment: with uv, in seconds, or else with pip.

::

    python tools/install.py [--into PYTHON] <arguments of pip install>

The script uses the uv beside this interpreter or on the PATH; without one, it installs uv beside
this interpreter. uv does not read the configuration of pip, so the script passes pip's options
(indexes, package folders, constraints, certificates) to uv as environment variables. If uv cannot
be installed or fails, pip installs the packages, or reports the error.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

UV = "uv==0.13.9"

PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input")

# Option of pip → the environment variable of uv with the same meaning, and the separator of values.
VARIABLES = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "constraint": ("UV_CONSTRAINT", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "client-cert": ("SSL_CLIENT_CERT", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
    "no-index": ("UV_NO_INDEX", " "),
    "proxy": ("ALL_PROXY", " "),
}

# The sections of pip's configuration; a later section overrides an earlier one.
PIP_SECTIONS = ("global", "install", ":env:")


def main(arguments: list[str]) -> int:
    """Install packages; return 0, or the exit code of pip."""
    target = sys.executable
    if arguments[:1] == ["--into"]:
        target, arguments = arguments[1], arguments[2:]
    uv = find_uv()
    if uv:
        command = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", target]
        environment = {**variables(pip_configuration()), **os.environ}
        result = subprocess.run(
            [*command, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            check=False,
        )
        if not result.returncode:
            return 0
        reason = result.stderr.strip()
        print(f"uv cannot install this; pip does it instead.\n{reason}", file=sys.stderr)
    return subprocess.call([target, "-I", *PIP, "install", "--quiet", *arguments])


def find_uv() -> str | None:
    """Return the path of uv, after installing it if necessary; ``None`` if that is impossible.

    uv is never installed into the system's Python.
    """
    name = "uv.exe" if os.name == "nt" else "uv"
    local_uv = Path(sys.executable).with_name(name)
    installed_uv = str(local_uv) if local_uv.exists() else shutil.which("uv")
    is_system_python = sys.prefix == sys.base_prefix
    if installed_uv or is_system_python:
        return installed_uv
    command = [sys.executable, "-I", *PIP, "install", "--quiet", "--only-binary", ":all:", UV]
    result = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return str(local_uv) if not result.returncode and local_uv.exists() else None


def pip_configuration() -> dict[str, str]:
    """Return pip's options for an installation, from its files and environment variables."""
    result = subprocess.run(
        [sys.executable, "-I", *PIP, "config", "list"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return configuration_of(result.stdout)


def configuration_of(listing: str) -> dict[str, str]:
    """Parse the output of ``pip config list``: option → value; variables override files."""
    options_by_section: dict[str, dict[str, str]] = {each: {} for each in PIP_SECTIONS}
    for line in listing.splitlines():
        name, _, value = line.partition("=")
        section, _, option = name.rpartition(".")
        if section in options_by_section:
            (text,) = shlex.split(value) or [""]
            options_by_section[section][option] = text.replace("\\n", "\n")
    return {
        option: value for each in PIP_SECTIONS for option, value in options_by_section[each].items()
    }


def variables(options: Mapping[str, str]) -> dict[str, str]:
    """Return the environment variables that give uv the options of pip.

    pip takes the best version of all indexes, uv by default the first index that has the package: a
    further variable selects pip's strategy.
    """
    uv_variables = {
        name: separator.join(options[option].split())
        for option, (name, separator) in VARIABLES.items()
        if options.get(option, "").strip()
    }
    return {"UV_INDEX_STRATEGY": "unsafe-best-match", **uv_variables}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
