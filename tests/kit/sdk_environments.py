"""Virtual environments for the SDK generations under test, one per version, in ``.venvs``.

Old releases of the SDK only set lower bounds for their dependencies, and fail with the current
major versions. The table below pins versions that work. Run this file to build the environments
that are missing or out of date::

    python tests/kit/sdk_environments.py [--contract] [version ...]
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
FOLDER = _ROOT / ".venvs"
INSTALL = _ROOT / "tools" / "install.py"
STAMP = "built-from.json"
OLDEST_PYTHON = (3, 10)
PREFERRED_PYTHONS = ("python3.11", "python3.10", "python3.12")

_SECOND_GENERATION = (
    "urllib3<2",
    "tenacity<9",
    "click<8.2",
    "pandas<2.2",
    "numpy<2",
    "Pillow<11",
    "requests<2.32",
)
_FIRST_GENERATION = ("pydantic<2", *_SECOND_GENERATION[:1], "typeguard<3", *_SECOND_GENERATION[1:])
_GQL = "gql[requests,websockets]==3.5.3"


@dataclass(frozen=True)
class Recipe:
    """The packages to install with an SDK.

    Attributes:
        pins: the requirements in addition to the SDK.
        newest_python: the last Python for which the pinned packages exist; ``None`` is any.
    """

    pins: tuple[str, ...]
    newest_python: tuple[int, int] | None = None


RECIPES = {
    "2.125.2": Recipe(_FIRST_GENERATION, newest_python=(3, 12)),
    "2.128.2": Recipe(_FIRST_GENERATION, newest_python=(3, 12)),
    "26.2.4": Recipe(("kili[pandas,gis,coco]", _GQL), newest_python=(3, 13)),
}
"""The SDKs of `make test`."""

CONTRACT_RECIPES = {
    "2.140.3": Recipe((*_SECOND_GENERATION, _GQL), newest_python=(3, 12)),
    "2.150.1": Recipe(("numpy<2", _GQL), newest_python=(3, 12)),
    "2.165.0": Recipe(("numpy<2", _GQL), newest_python=(3, 12)),
    "2.176.1": Recipe(("kili[gis,coco,image]", _GQL), newest_python=(3, 12)),
    "25.2.10": Recipe(("kili[gis,coco,image]", _GQL), newest_python=(3, 12)),
    "26.1.5": Recipe(("kili[gis,coco,image]", _GQL), newest_python=(3, 13)),
}
"""Those that only `make contract` has beside them."""


class SdkEnvironmentError(Exception):
    """An environment is missing or cannot be built; the message says what to do."""


def python_of(version: str) -> Path:
    """Return the interpreter in the environment of one SDK.

    Raises:
        SdkEnvironmentError: the environment is missing, or was built from another recipe.
    """
    if not _is_ready(version):
        raise SdkEnvironmentError(
            f"The environment of kili {version} is missing or out of date: "
            f"run `make sdk-environments` (or `python tests/kit/sdk_environments.py {version}`)."
        )
    return _python_in(_folder(version))


def build(version: str) -> None:
    """Build the environment of one SDK, unless it is up to date.

    Raises:
        SdkEnvironmentError: no suitable interpreter was found, or an installation failed.
    """
    if _is_ready(version):
        _report(version, "ready")
        return
    FOLDER.mkdir(exist_ok=True)
    with _only_one_at_a_time(version):
        if not _is_ready(version):
            _build_anew(version)


def _build_anew(version: str) -> None:
    started = time.monotonic()
    folder, recipe = _folder(version), _recipe(version)
    interpreter, number = _find_interpreter(version, recipe)
    _report(version, f"building with Python {number} ...")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        _call(version, interpreter, "-m", "venv", str(folder))
        python = str(_python_in(folder))
        _call(
            version,
            sys.executable,
            str(INSTALL),
            "--into",
            python,
            f"kili=={version}",
            *recipe.pins,
        )
        _call(version, python, "-c", "import numpy; from kili.client import Kili")
        (folder / STAMP).write_text(_fingerprint(version), encoding="utf-8")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _report(version, f"built in {time.monotonic() - started:.0f} s")


def _find_interpreter(version: str, recipe: Recipe) -> tuple[str, str]:
    """Return a suitable interpreter and its version: this one, or the first one on the PATH."""
    here = sys.version_info[:2]
    if _fits(here, recipe):
        return sys.executable, ".".join(map(str, here))
    for candidate in _interpreters_on_path():
        found = _version_of(candidate)
        if found is not None and _fits(found, recipe):
            return candidate, ".".join(map(str, found))
    newest = recipe.newest_python or here
    raise SdkEnvironmentError(
        f"kili {version} needs Python 3.10 to {newest[0]}.{newest[1]}. This is Python "
        f"{here[0]}.{here[1]}, and none of {', '.join(PREFERRED_PYTHONS)} on the PATH works. "
        "Install one of them with its venv module, for example `apt install python3.11-venv`, "
        "`brew install python@3.11` or `pyenv install 3.11` (and put it on the PATH)."
    )


def _fits(python: tuple[int, ...], recipe: Recipe) -> bool:
    return python >= OLDEST_PYTHON and (
        recipe.newest_python is None or python <= recipe.newest_python
    )


def _interpreters_on_path() -> Iterator[str]:
    """Yield all interpreters on the PATH; the first may be a launcher without an interpreter."""
    for name in PREFERRED_PYTHONS:
        for folder in os.environ.get("PATH", "").split(os.pathsep):
            found = shutil.which(name, path=folder) if folder else None
            if found:
                yield found


def _version_of(interpreter: str) -> tuple[int, ...] | None:
    """Return major and minor version; ``None`` if the interpreter cannot create environments."""
    question = "import ensurepip, sys, venv; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [interpreter, "-I", "-c", question],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return tuple(map(int, answer.stdout.split()))


def _call(version: str, python: str, *arguments: str) -> None:
    """Run an interpreter that ignores the settings and packages of the caller."""
    done = subprocess.run(
        [python, "-I", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-20:])
        command = " ".join(arguments)
        raise SdkEnvironmentError(f"kili {version}: `{python} {command}` failed:\n{tail}")


@contextlib.contextmanager
def _only_one_at_a_time(version: str) -> Iterator[None]:
    """Serialize the builds of one environment by a file lock, on systems that have one."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with (FOLDER / f"kili-{version}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_ready(version: str) -> bool:
    folder = _folder(version)
    try:
        stamp = (folder / STAMP).read_text(encoding="utf-8")
    except OSError:
        return False
    return stamp == _fingerprint(version) and _python_in(folder).exists()


def _fingerprint(version: str) -> str:
    recipe = json.dumps([version, asdict(_recipe(version))])
    return hashlib.sha256(recipe.encode()).hexdigest()


def _folder(version: str) -> Path:
    _recipe(version)
    return FOLDER / f"kili-{version}"


def _recipe(version: str) -> Recipe:
    known = {**RECIPES, **CONTRACT_RECIPES}
    if version not in known:
        raise SdkEnvironmentError(
            f"There is no recipe for kili {version!r} in {Path(__file__).name}; "
            f"known: {', '.join(known)}."
        )
    return known[version]


def _python_in(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _report(version: str, text: str) -> None:
    sys.stdout.write(
        f"kili {version}: {text}\n"
    )  # one call per line, because several threads report
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """Build the given environments; return exit code 0 if all builds succeed.

    Args:
        arguments: versions; by default, those for `make test`; with ``--contract``, all versions.
    """
    everything = [*RECIPES, *CONTRACT_RECIPES] if "--contract" in arguments else list(RECIPES)
    wanted = [each for each in arguments if each != "--contract"] or everything
    with ThreadPoolExecutor(len(wanted)) as pool:
        futures = [pool.submit(build, version) for version in wanted]
    problems = [problem for future in futures if (problem := future.exception())]
    for problem in problems:
        if not isinstance(problem, SdkEnvironmentError):
            raise problem
        print(f"error: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
