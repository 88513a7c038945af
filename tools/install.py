"""Installs packages into an environment: with uv, in seconds, or else with pip.

::

    python tools/install.py [--into PYTHON] <arguments of pip install>

uv is used where it is on the PATH or beside this interpreter; it is installed there if it is not.
It reads no configuration of pip's, so that what holds for pip (indexes, folders of packages,
constraints, certificates) is handed on as uv's own variables. Where uv cannot be had or fails, pip
installs, and says what is wrong.
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

# Options of pip, the variables of uv that mean the same, and what is between several values.
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

# Later ones hold before earlier ones.
PIP_SECTIONS = ("global", "install", ":env:")


def main(arguments: list[str]) -> int:
    """Install packages; the exit code is that of pip, or 0."""
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
    """The command, installed beside this interpreter if need be; ``None`` where it cannot be."""
    name = "uv.exe" if os.name == "nt" else "uv"
    local_uv = Path(sys.executable).with_name(name)
    options_by_section = str(local_uv) if local_uv.exists() else shutil.which("uv")
    if (
        options_by_section or sys.prefix == sys.base_prefix
    ):  # nothing is installed into the system's Python
        return options_by_section
    command = [sys.executable, "-I", *PIP, "install", "--quiet", "--only-binary", ":all:", UV]
    result = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return str(local_uv) if not result.returncode and local_uv.exists() else None


def pip_configuration() -> dict[str, str]:
    """The options that pip would use to install, from its files and variables."""
    result = subprocess.run(
        [sys.executable, "-I", *PIP, "config", "list"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return configuration_of(result.stdout)


def configuration_of(listing: str) -> dict[str, str]:
    """What ``pip config list`` prints, as option → value; the variables hold before the files."""
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
    """uv's variables for options of pip.

    pip takes the best version of all indexes, uv the first index that has the package, unless told.
    """
    uv_variables = {
        name: separator.join(options[option].split())
        for option, (name, separator) in VARIABLES.items()
        if options.get(option, "").strip()
    }
    return {"UV_INDEX_STRATEGY": "unsafe-best-match", **uv_variables}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
