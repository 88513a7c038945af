"""Requirements are installed for one version of a plugin only."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest

from kili_emulator import Emulator
from kili_emulator.config import SettingsError
from kili_emulator.plugins.build import requirements
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.build.installed_packages import Environment
from kili_emulator.plugins.build.requirements import PackageSettings
from kili_emulator.rules.plugin_policy import Policy
from tests.kit.wire import Wire
from tests.kit.wire_plugins import activate_plugin, read_log_texts, submit_label
from tests.kit.world_content import archive, deploy_plugin

MAIN = "import ours\nfrom kili.plugins import PluginCore\nclass PluginHandler(PluginCore): pass\n"


def wheel(folder: Path, name: str, version: str, source: str) -> None:
    """Write a package that pip can install without a package index."""
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as packed:
        packed.writestr(f"{name}.py", source)
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        packed.writestr(f"{info}/METADATA", metadata)
        packed.writestr(
            f"{info}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        packed.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n")


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    wheel(folder, "ours", "1.0", "SAYS = 'one'")
    wheel(folder, "ours", "2.0", "SAYS = 'two'")
    return folder


def provide_packages(folder: Path, lines: str, policy: Policy = "saas") -> Path | None:
    """Install the requirements of a plugin that imports ``ours``, and return the folder."""
    version = folder / "version"
    version.mkdir()
    (version / "main.py").write_text(MAIN)
    (version / "requirements.txt").write_text(lines)
    package_settings = PackageSettings(policy, installs=True)
    return requirements.provide_packages(version, folder / "packages", package_settings).folder


def test_requirements_are_installed_into_the_folder_of_the_version(
    tmp_path: Path, wheels: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = list(sys.path)
    installed = provide_packages(tmp_path, f"--no-index\n--find-links {wheels}\nours<2\n")

    assert installed == tmp_path / "packages"
    assert (installed / "ours.py").read_text() == "SAYS = 'one'"
    assert sys.path == before
    assert Environment().find("ours") is None
    assert caplog.messages == [
        "installing packages for a plugin: ours<2",
        "installed packages for a plugin: ours<2",
    ]


def test_failed_pip_install_is_a_build_error_with_the_output_of_pip(
    tmp_path: Path, wheels: Path
) -> None:
    with pytest.raises(BuildError) as caught:
        provide_packages(tmp_path, f"--no-index\n--find-links {wheels}\nours>3\n")

    (message,) = caught.value.problems
    assert message.startswith("requirements.txt could not be installed; pip printed:\n")
    assert "No matching distribution found for ours>3" in message


def test_requirements_file_with_errors_is_not_installed(tmp_path: Path, wheels: Path) -> None:
    with pytest.raises(BuildError, match=r"more\.txt is not uploaded with the plugin"):
        provide_packages(tmp_path, f"--no-index\n--find-links {wheels}\nours\n-r more.txt\n")

    assert not (tmp_path / "packages").exists()


@pytest.mark.parametrize("policy", ["on-premise", "tutorial"])
def test_nothing_is_installed_if_the_policy_ignores_requirements(
    tmp_path: Path, wheels: Path, policy: Policy
) -> None:
    with pytest.raises(BuildError, match=r"main\.py, line 1: ours cannot be imported"):
        provide_packages(tmp_path, f"--no-index\n--find-links {wheels}\nours\n", policy)

    assert not (tmp_path / "packages").exists()


def test_requirement_with_a_false_marker_is_not_installed(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="ours cannot be imported") as caught:
        provide_packages(tmp_path, "other; python_version < '3'\n")

    assert len(caught.value.problems) == 1


# With processes of their own

SAYING = """
import ours
from kili.plugins import PluginCore
class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print(ours.SAYS)
"""


def test_two_plugins_have_different_versions_of_a_package(wheels: Path) -> None:
    with Emulator(plugin_isolation="process", install_requirements=True) as emulator:
        wire = Wire(emulator)
        for name, version in (("A", "==1.0"), ("B", "==2.0")):
            requirements = f"--no-index\n--find-links {wheels}\nours{version}\n"
            packed = archive(main__py=SAYING, requirements__txt=requirements)
            deploy_plugin(wire, name, packed)
            assert emulator.wait_idle(60)
            assert wire.call("getPluginRunnerStatus", name=name) == "ACTIVE"
            activate_plugin(wire, name)
        submit_label(wire)
        assert emulator.wait_idle(60)

        for name, message in (("A", "one"), ("B", "two")):
            assert read_log_texts(wire, name) == [message]
        wire.close()


def test_install_requirements_needs_process_isolation() -> None:
    with pytest.raises(SettingsError, match="give --plugin-isolation process"):
        Emulator(install_requirements=True)


def test_packages_of_another_interpreter_are_read_from_its_path(tmp_path: Path) -> None:
    info = tmp_path / "ours-3.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ours\nVersion: 3\n")
    (info / "RECORD").write_text("ours/__init__.py,,\n_ours.py,,\nours-3.dist-info/METADATA,,\n")
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\necho \'["", "{tmp_path}"]\'\n')
    python.chmod(0o755)
    other = Environment.of_interpreter(python)

    assert other.distributions_by_module() == {"ours": ["ours"], "_ours": ["ours"]}
    found = other.find("Ours")
    assert found
    assert found.version == "3"
    assert other.find("kili") is None
    assert other.pip_command(["x>1"]) == f"{python} -m pip install 'x>1'"
