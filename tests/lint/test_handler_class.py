"""KP105 to KP108 and KP215 to KP218: a class that the platform can create."""

from __future__ import annotations

import pytest

from tests.lint.marked_source import Files, expected_findings, in_class, in_handler, lint_findings

METHOD = "    def on_submit(self, label, asset_id): "
CORE = "from kili.plugins import PluginCore\n"


@pytest.mark.parametrize(
    "files",
    [
        "x = 1  # KP105",
        f"{CORE}if True:\n    class PluginHandler(PluginCore):  # KP105\n    {METHOD}0",
        "def f():  # KP105\n    class PluginHandler: 0",
        "class Outer:  # KP105\n    class PluginHandler: 0",
        "PluginHandler = None  # KP106",
        "def PluginHandler(kili, project_id, logger): 0  # KP106",
        "from there import PluginHandler  # KP106",
        {"main.py": "from own import PluginHandler  # KP106", "own.py": in_handler("pass")},
        f"class PluginHandler:  # KP107 KP215\n{METHOD}0",
        {
            "main.py": f"from own import B\nclass PluginHandler(B):  # KP107\n{METHOD}0\nA = B",
            "own.py": "from main import PluginHandler\nclass B(PluginHandler): 0",
        },
        f"class PluginHandler(dict):  # KP107\n{METHOD}0",
        f"import collections as c\nclass PluginHandler(c.OrderedDict):  # KP107\n{METHOD}0",
        f"{CORE}class PluginHandler(PluginCore):\n{METHOD}0",
        f"import kili.plugins\nclass PluginHandler(kili.plugins.PluginCore):\n{METHOD}0",
        f"import kili.plugins as p\nclass PluginHandler(p.PluginCore):\n{METHOD}0",
        f"from kili.plugins import PluginCore as Core\nclass PluginHandler(Core):\n{METHOD}0",
        (
            f"from kili import plugins\nBase = plugins.PluginCore\nclass PluginHandler(Base):\n"
            f"{METHOD}0"
        ),
        f"from kili.plugins import *\nclass PluginHandler(PluginCore):\n{METHOD}0",
        (
            f"from kili.services.plugins.model import PluginCore\n"
            f"class PluginHandler(PluginCore):\n{METHOD}0"
        ),
        f"class PluginHandler(made()):\n{METHOD}0",
        f"from elsewhere import Base\nclass PluginHandler(Base):\n{METHOD}0",
        {
            "main.py": f"from base import Base\nclass PluginHandler(Base):\n{METHOD}0",
            "base.py": f"{CORE}class Base(PluginCore): 0",
        },
        {
            "main.py": f"from base import Base\nclass PluginHandler(Base):  # KP107\n{METHOD}0",
            "base.py": "class Base(dict): 0",
        },
        f"{CORE}class PluginHandler(PluginCore):  # KP108\n{METHOD}0\nPluginHandler = 1",
    ],
)
def test_class_must_be_at_the_top_level_and_inherit_from_plugin_core(files: Files) -> None:
    assert lint_findings(files) == expected_findings(files)


INIT = "def __init__("
SUPER = "super().__init__(kili, project_id, logger)"


@pytest.mark.parametrize(
    "init",
    [
        f"{INIT}self, kili, project_id, logger):\n    super().__init__(kili, project_id, logger)",
        f"{INIT}self, kili, project_id, logger=None): super().__init__(kili, project_id, logger)",
        f"{INIT}self, *args, **kwargs): super().__init__(*args, **kwargs)",
        f"{INIT}self, kili, *args): super().__init__(kili, *args)",
        f"{INIT}self, kili, project_id, logger, limit=3): {SUPER}",
        f"{INIT}self, kili, project_id, logger, *, n=3): PluginCore.__init__(self, kili)",
        f"{INIT}self): super().__init__(1, 2)  # KP215",
        f"{INIT}self, kili, project_id): super().__init__(kili, project_id)  # KP215",
        f"{INIT}self, kili, project_id, logger, limit): {SUPER}  # KP215",
        f"{INIT}self, kili, project_id, logger, *, n): super().__init__(kili, project_id)  # KP215",
        f"{INIT}self, **kwargs): super().__init__(**kwargs)  # KP215",
        f"{INIT}self, client, project_id, logger): super().__init__(client, project_id)  # KP216",
        f"{INIT}self, kili, project_id, log): super().__init__(kili, project_id)  # KP216",
        f"{INIT}self, kili, project_id, logger): self.limit = 3  # KP218",
        f"@some.decorator\n{INIT}self): 0",
    ],
)
def test_constructor_must_accept_three_arguments(init: str) -> None:
    source = in_class(init)
    assert lint_findings(source) == expected_findings(source)


@pytest.mark.parametrize(
    "use",
    [
        "self.kili.labels(project_id=1)",
        "self.logger.info('x')",
        "print(self.project_id)",
    ],
)
def test_reports_unset_attributes_without_super_init(use: str) -> None:
    init = "def __init__(self, kili, project_id, logger):  # KP217\n    self.limit = 3\n"
    source = in_class(f"{init}def check(self):\n    {use}")
    assert lint_findings(source) == expected_findings(source)


def test_init_may_set_the_attributes_itself() -> None:
    source = in_class(
        "def __init__(self, kili, project_id, logger):  # KP218\n"
        "    self.kili, self.logger = kili, logger\n"
        "def check(self):\n    self.logger.info(self.kili)"
    )
    assert lint_findings(source) == expected_findings(source)


def test_unknown_base_may_set_the_attributes() -> None:
    source = (
        "from elsewhere import Base\nclass PluginHandler(Base):\n"
        "    def __init__(self, kili, project_id, logger): 0  # KP218\n"
        "    def on_submit(self, label, asset_id): print(self.kili)"
    )
    assert lint_findings(source) == expected_findings(source)
