"""The imports of a plugin that a policy permits."""

from __future__ import annotations

import pytest

from kili_emulator.python_source.imports import Import
from kili_emulator.rules.plugin_imports import (
    ON_PREMISE,
    find_distributions,
    find_third_party_imports,
    find_violations,
)
from kili_emulator.rules.plugin_policy import POLICIES, Policy


def test_file_that_is_not_valid_python_is_skipped() -> None:
    assert list(find_third_party_imports({"main.py": "import yaml", "other.py": "import"})) == [
        ("main.py", Import("yaml", 1))
    ]


@pytest.mark.parametrize("own", ["helpers.py", "helpers/__init__.py", "helpers/deep/a.py"])
def test_own_modules_and_the_standard_library_are_not_third_party(own: str) -> None:
    main = "from __future__ import annotations\nimport json, os.path\nimport helpers.deep, yaml"

    assert list(
        find_third_party_imports({"main.py": main, own: "import main\nimport helpers"})
    ) == [("main.py", Import("yaml", 3))]


def test_own_module_may_have_the_name_of_a_package() -> None:
    assert list(find_third_party_imports({"main.py": "import yaml", "yaml.py": ""})) == []


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("numpy", ["numpy"]),
        ("numpy.random", ["numpy"]),
        ("yaml", ["PyYAML"]),
        ("PIL.Image", ["Pillow"]),
        ("sklearn", ["scikit-learn"]),
        ("skimage.io", ["scikit-image"]),
        ("dateutil.tz", ["python-dateutil"]),
        ("ours", ["Their-Name"]),
        ("unheard_of", ["unheard_of"]),
    ],
)
def test_distributions_of_a_module_are_found(module: str, expected: list[str]) -> None:
    assert find_distributions(module, {"ours": ["Their-Name"], "PIL": ["Pillow"]}) == expected


def modules(source: str, policy: Policy, required: tuple[str, ...] = ()) -> list[str]:
    found = find_violations({"main.py": source}, policy, installed={}, required=required)
    return [each.module for each in found]


ALL = "import numpy, pandas, sklearn, cv2, PIL.Image, requests, uuid, kili.plugins, yaml, json"


@pytest.mark.parametrize(
    ("policy", "refused"),
    [
        ("saas", ["yaml"]),
        ("on-premise", ["yaml"]),
        ("tutorial", ["pandas", "sklearn", "cv2", "PIL.Image", "requests", "yaml"]),
    ],
)
def test_policy_allows_its_packages_and_the_standard_library(
    policy: Policy, refused: list[str]
) -> None:
    assert modules(ALL, policy) == refused


@pytest.mark.parametrize("name", ["PyYAML", "pyyaml", "PYYAML"])
def test_only_the_cloud_installs_requirements(name: str) -> None:
    assert modules("import yaml", "saas", (name,)) == []
    assert modules("import yaml", "on-premise", (name,)) == ["yaml"]
    assert modules("import yaml", "tutorial", (name,)) == ["yaml"]


@pytest.mark.parametrize("policy", POLICIES)
def test_import_with_a_caught_import_error_is_allowed(policy: Policy) -> None:
    assert modules("try:\n    import yaml\nexcept ImportError:\n    yaml = None", policy) == []


def test_dependencies_of_provided_packages_are_allowed_only_in_the_cloud() -> None:
    files = {"main.py": "import tqdm"}
    brought = {"installed": {}, "provided_dependencies": ["tqdm"]}

    assert find_violations(files, "saas", **brought) == []  # type: ignore[arg-type]
    assert len(find_violations(files, "on-premise", **brought)) == 1  # type: ignore[arg-type]


def test_namespace_package_belongs_to_the_requirement_of_its_name() -> None:
    source = "from google.cloud import storage"

    assert modules(source, "saas", ("google-cloud-storage",)) == []
    assert modules(source, "saas", ("googly",)) == ["google.cloud"]


def test_another_build_of_the_same_package_is_accepted() -> None:
    installed = {"cv2": ["opencv-python"]}
    files = {"main.py": "import cv2"}

    assert find_violations(files, "on-premise", installed=installed) == []


def test_violation_has_location_reason_and_remedy() -> None:
    files = {"main.py": "import helpers", "helpers/a.py": "\n\nimport yaml.nodes"}
    (cloud,) = find_violations(files, "saas", installed={})
    (premises,) = find_violations(files, "on-premise", installed={})

    assert (cloud.file, cloud.line, cloud.module) == ("helpers/a.py", 3, "yaml.nodes")
    assert cloud.reason == "the platform installs only what requirements.txt names"
    (unknown,) = find_violations({"main.py": "import helpers"}, "saas", installed={})
    assert "if helpers.py is your own file, upload its folder" in unknown.remedy
    assert cloud.remedy == "add the line PyYAML to a requirements.txt beside main.py"
    assert all(name in premises.reason for name in ON_PREMISE)
