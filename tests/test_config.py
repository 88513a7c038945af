"""Settings: order of sources, conversion of values, and error messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kili_emulator.config import (
    Settings,
    SettingsError,
    load_embedded_settings,
    load_settings,
    no_proxy,
    unknown_variables,
)


def load(
    folder: Path,
    *,
    given: dict[str, Any] | None = None,
    environment: dict[str, str] | None = None,
    table: str = "",
) -> Settings:
    project_file = folder / "pyproject.toml"
    project_file.write_text(f"[tool.kili-emulator]\n{table}\n", encoding="utf-8")
    return load_settings(given or {}, environment or {}, project_file)


def test_settings_without_a_source_are_defaults(tmp_path: Path) -> None:
    assert load_settings({}, {}, tmp_path / "missing.toml") == Settings()


def test_project_file_of_another_tool_gives_defaults(tmp_path: Path) -> None:
    project_file = tmp_path / "pyproject.toml"
    project_file.write_text("[tool.ruff]\nline-length = 1\n")

    assert load_settings({}, {}, project_file) == Settings()


SOURCES: dict[str, dict[str, Any]] = {
    "given": {"given": {"port": 1}},
    "environment": {"environment": {"KILI_EMULATOR_PORT": "2"}},
    "table": {"table": "port = 3"},
}


@pytest.mark.parametrize(
    ("sources", "port"),
    [
        (["given", "environment", "table"], 1),
        (["given", "table"], 1),
        (["environment", "table"], 2),
        (["table"], 3),
    ],
)
def test_nearest_source_wins(tmp_path: Path, sources: list[str], port: int) -> None:
    arguments = {name: value for each in sources for name, value in SOURCES[each].items()}

    assert load(tmp_path, **arguments).port == port


def test_settings_of_all_sources_are_merged(tmp_path: Path) -> None:
    arguments = {"given": {"host": "::1"}, "environment": {"KILI_EMULATOR_SEED": "4"}}
    settings = load(tmp_path, table="port = 3", **arguments)

    assert settings == Settings(host="::1", seed=4, port=3)


def test_absent_option_overrides_no_other_source(tmp_path: Path) -> None:
    assert load(tmp_path, given={"port": None}, table="port = 3").port == 3


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("host", "0.0.0.0", "0.0.0.0"),
        ("port", "0", 0),
        ("data_dir", "some/folder", Path("some/folder").absolute()),
        ("ephemeral", "1", True),
        ("ephemeral", "True", True),
        ("ephemeral", "yes", True),
        ("ephemeral", "0", False),
        ("ephemeral", "FALSE", False),
        ("ephemeral", "no", False),
        ("scenario", "empty", "empty"),
        ("seed", "-7", -7),
        ("sync_wait", "2.5", 2.5),
        ("plugin_timeout", "3", 3.0),
        ("plugin_policy", "on-premise", "on-premise"),
        ("deploy_seconds", "300", 300.0),
        ("install_requirements", "no", False),
        ("allow_host", "a.example", ("a.example",)),
        ("allow_host", "a.example, b.example,", ("a.example", "b.example")),
        ("allow_host", "", ()),
        ("public_keys", "true", True),
        ("request_log", "some/file", Path("some/file").absolute()),
    ],
)
def test_environment_variable_is_converted_to_the_type_of_its_setting(
    tmp_path: Path, name: str, text: str, value: object
) -> None:
    settings = load(tmp_path, environment={f"KILI_EMULATOR_{name.upper()}": text})

    assert getattr(settings, name) == value
    assert type(getattr(settings, name)) is type(value) or isinstance(value, Path)


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ('data-dir = "x"', "data_dir", Path("x").absolute()),
        ('data_dir = "x"', "data_dir", Path("x").absolute()),
        ('port = "7"', "port", 7),
        ("ephemeral = true", "ephemeral", True),
        ('allow-host = ["a", "b"]', "allow_host", ("a", "b")),
        ('allow-host = "a,b"', "allow_host", ("a", "b")),
        ("sync-wait = 1", "sync_wait", 1.0),
    ],
)
def test_project_file_accepts_toml_values_and_dashes_in_names(
    tmp_path: Path, line: str, name: str, value: object
) -> None:
    assert getattr(load(tmp_path, table=line), name) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "many"),
        ("PORT", "70000"),
        ("EPHEMERAL", "perhaps"),
        ("SEED", ""),
        ("HOST", ""),
        ("DATA_DIR", ""),
        ("REQUEST_LOG", ""),
        ("SYNC_WAIT", "1,5"),
        ("SYNC_WAIT", "nan"),
        ("SYNC_WAIT", "-1"),
        ("PLUGIN_TIMEOUT", "inf"),
        ("PLUGIN_TIMEOUT", "0"),
        ("PLUGIN_POLICY", "premise"),
        ("DEPLOY_SECONDS", "-1"),
    ],
)
def test_error_for_a_bad_environment_value_names_the_variable(
    tmp_path: Path, name: str, text: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, environment={f"KILI_EMULATOR_{name}": text})

    assert str(caught.value).startswith(f"KILI_EMULATOR_{name}: ")
    assert repr(text) in str(caught.value)


def test_error_for_a_bad_value_in_the_project_file_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, table='port = "many"')

    assert f"[tool.kili-emulator] of {tmp_path / 'pyproject.toml'}: port = 'many'" in str(
        caught.value
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "[1]"),
        ("port", "5454.7"),
        ("port", "true"),
        ("port", "70000"),
        ("host", "5"),
        ("host", "true"),
        ("data_dir", "3"),
        ("data_dir", '"a\\u0000"'),
        ("ephemeral", "[]"),
        ("ephemeral", "1"),
        ("scenario", "{a = 1}"),
        ("seed", "1.5"),
        ("sync_wait", "true"),
        ("sync_wait", "[]"),
        ("sync_wait", "1" + "0" * 400),
        ("allow_host", "5"),
        ("allow_host", "[5]"),
        ("allow_host", "{a = 1}"),
    ],
)
def test_error_for_a_value_of_the_wrong_type_names_source_and_setting(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, table=f"{name} = {value}")

    assert f"pyproject.toml: {name} = " in str(caught.value)


@pytest.mark.parametrize("text", ["tool = 1", "[tool]\nkili-emulator = 1"])
def test_project_file_without_a_table_is_refused(tmp_path: Path, text: str) -> None:
    project_file = tmp_path / "pyproject.toml"
    project_file.write_text(text)

    with pytest.raises(SettingsError, match=r"pyproject\.toml is not a table"):
        load_settings({}, {}, project_file)


def test_error_for_a_project_file_that_is_not_utf8_names_the_file(tmp_path: Path) -> None:
    project_file = tmp_path / "pyproject.toml"
    project_file.write_bytes('name = "é"'.encode("latin-1"))

    with pytest.raises(SettingsError, match=r"pyproject\.toml cannot be read"):
        load_settings({}, {}, project_file)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"prot": 1}, "the command line: there is no setting 'prot'"),
        ({"port": True}, "the command line: port = True"),
        ({"port": 70000}, "the command line: port = 70000 is not allowed: give 0 to 65535"),
    ],
)
def test_error_for_a_bad_option_names_the_option(
    tmp_path: Path, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, given=given)

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("prot", ": did you mean port?"),
        ("sede", ": did you mean seed?"),
        ("plugin-timout", ": did you mean plugin_timeout?"),
        ("colour", ""),
    ],
)
def test_error_for_an_unknown_setting_lists_known_and_nearest_settings(
    tmp_path: Path, name: str, near: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, table=f"{name} = 1")

    message = str(caught.value)
    assert f"there is no setting {name.replace('-', '_')!r} (known: host, port, " in message
    assert message.endswith(f"request_log){near}")


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("SEDE", ": did you mean KILI_EMULATOR_SEED?"),
        ("PLUGIN_ISOLATON", ": did you mean KILI_EMULATOR_PLUGIN_ISOLATION?"),
        ("COLOUR", ""),
        ("seed", ""),
    ],
)
def test_warning_for_an_unknown_variable_suggests_the_nearest_variable(
    name: str, near: str
) -> None:
    variable = f"KILI_EMULATOR_{name}"
    warnings = unknown_variables({variable: "1", "KILI_EMULATOR_SEED": "1", "SEDE": "1"})

    assert warnings == [f"there is no setting for the variable {variable}; ignored{near}"]


class TestEmbedded:
    """Settings of an emulator in this process."""

    def load(
        self,
        folder: Path,
        given: dict[str, Any] | None = None,
        environment: dict[str, str] | None = None,
        table: str = "",
    ) -> Settings:
        project_file = folder / "pyproject.toml"
        project_file.write_text(f"[tool.kili-emulator]\n{table}\n", encoding="utf-8")
        return load_embedded_settings(given or {}, environment or {}, project_file)

    def test_embedded_emulator_is_ephemeral_on_any_free_port(self, tmp_path: Path) -> None:
        assert self.load(tmp_path) == Settings(ephemeral=True, port=0)

    @pytest.mark.parametrize(
        ("sources", "seed"),
        [
            (["given", "environment", "table"], 1),
            (["environment", "table"], 2),
            (["table"], 3),
        ],
    )
    def test_nearest_source_wins(self, tmp_path: Path, sources: list[str], seed: int) -> None:
        all_sources: dict[str, Any] = {
            "given": {"seed": 1},
            "environment": {"KILI_EMULATOR_SEED": "2"},
            "table": "seed = 3",
        }
        chosen = {name: all_sources[name] for name in sources}
        assert self.load(tmp_path, **chosen).seed == seed

    def test_server_settings_of_environment_and_project_file_are_ignored(
        self, tmp_path: Path
    ) -> None:
        environment = {"KILI_EMULATOR_PORT": "tcp://10.0.0.1:5454", "KILI_EMULATOR_EPHEMERAL": "0"}
        table = 'host = "0.0.0.0"\ndata-dir = "data"\nworkflow = "V1"'
        own = Settings(ephemeral=True, port=0, workflow="V1")
        assert self.load(tmp_path, None, environment, table) == own
        given = {"host": "::1", "port": 7, "data_dir": "x", "ephemeral": False}
        merged_settings = self.load(tmp_path, given, environment, table)
        assert merged_settings == Settings(host="::1", port=7, data_dir=Path("x"), workflow="V1")

    def test_error_for_a_bad_argument_names_the_argument(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match=r"Emulator\(\): plugin_memory = 1 is not allowed"):
            self.load(tmp_path, {"plugin_memory": 1})


def test_error_for_a_project_file_that_is_not_toml_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"pyproject\.toml cannot be read"):
        load(tmp_path, table="= nothing")


def test_bad_value_is_refused_even_if_another_source_overrides_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="port = 'many'"):
        load(tmp_path, given={"port": 1}, table='port = "many"')


def test_variables_of_other_programs_are_ignored(tmp_path: Path) -> None:
    assert load(tmp_path, environment={"PORT": "1", "KILI_EMULATOR_LATER": "x"}) == Settings()


def test_process_environment_is_read_unless_another_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KILI_EMULATOR_SCENARIO", "empty")

    assert load_settings({}, project_file=tmp_path / "missing.toml").scenario == "empty"


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("::", False)],
)
def test_loopback_hosts_are_recognized(host: str, expected: bool) -> None:
    assert Settings(host=host).is_loopback is expected


def test_ephemeral_settings_have_no_folder() -> None:
    assert Settings(data_dir=Path("x")).folder == Path("x").absolute()
    assert Settings(data_dir=Path("x"), ephemeral=True).folder is None


def test_data_folder_does_not_follow_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load(tmp_path, given={"data_dir": Path("data")})
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")

    assert settings.folder == tmp_path / "data"


@pytest.mark.parametrize("name", ["data_dir", "plugin_python", "request_log"])
def test_a_path_can_be_given_as_text(name: str) -> None:
    settings = Settings(plugin_isolation="process", **{name: "some/where"})
    assert getattr(settings, name) == Path("some/where").absolute()


@pytest.mark.parametrize(
    ("url", "present", "expected"),
    [
        ("http://127.0.0.1:1", "", "127.0.0.1,localhost"),
        ("http://192.168.1.7:1", "", "127.0.0.1,localhost,192.168.1.7"),
        ("http://[::1]:1", "", "127.0.0.1,localhost,::1"),
        ("http://box.lan:1", "box.lan, x", "box.lan,x,127.0.0.1,localhost"),
    ],
)
def test_no_proxy_includes_the_address_of_the_emulator(
    url: str, present: str, expected: str
) -> None:
    assert no_proxy(url, present) == expected
