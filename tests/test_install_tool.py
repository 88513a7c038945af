"""``make install`` passes the configuration of pip to uv, and uses pip where uv fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.install import configuration_of, variables

TOOL = Path(__file__).resolve().parent.parent / "tools" / "install.py"


def test_pip_variables_override_pip_files_and_install_overrides_global() -> None:
    listing = (
        ":env:.timeout='9'\nglobal.index-url='https://one/simple'\nglobal.timeout='1'\n"
        "install.index-url='https://two/simple'\ninstall.timeout='2'\ndownload.timeout='3'\n"
    )
    assert configuration_of(listing) == {"index-url": "https://two/simple", "timeout": "9"}


def test_pip_settings_with_several_values_are_converted_to_uv_variables() -> None:
    options = configuration_of(
        "global.extra-index-url='\\nhttps://one/simple\\nhttps://two/simple'\n"
        "global.find-links='/wheels /more'\nglobal.constraint='a.txt b.txt'\n"
        "global.quiet='1'\nglobal.proxy=''"
    )
    assert variables(options) == {
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_INDEX": "https://one/simple https://two/simple",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_CONSTRAINT": "a.txt b.txt",
    }


def test_empty_pip_configuration_passes_no_settings_to_uv() -> None:
    assert variables(configuration_of("")) == {"UV_INDEX_STRATEGY": "unsafe-best-match"}


@pytest.mark.skipif(sys.platform == "win32", reason="the programs are scripts")
@pytest.mark.parametrize(("code", "calls"), [(0, ["uv"]), (1, ["uv", "python"])])
def test_pip_installs_where_uv_fails(tmp_path: Path, code: int, calls: list[str]) -> None:
    log = tmp_path / "log"
    for name, ends in (("uv", code), ("python", 0)):
        (tmp_path / name).write_text(
            f'#!/bin/sh\necho {name} "$@" >> {log}\necho because >&2\nexit {ends}\n'
        )
        (tmp_path / name).chmod(0o755)
    # The tool looks for uv beside its own interpreter: a folder of its own has one.
    run_here = (
        "import runpy, sys; sys.executable, own = sys.argv[1], sys.argv[2];"
        "sys.argv = sys.argv[2:]; runpy.run_path(own, run_name='__main__')"
    )
    target = str(tmp_path / "python")
    done = subprocess.run(
        [sys.executable, "-c", run_here, target, str(TOOL), "--into", target, "--editable", "."],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [line for line in log.read_text().splitlines() if " config " not in line]
    assert [line.split()[0] for line in lines] == calls
    assert all(line.endswith("--editable .") for line in lines)
    assert f"--python {target}" in lines[0]
    assert ("pip does it instead.\nbecause" in done.stderr) is bool(code)
