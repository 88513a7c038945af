"""Bad plugins with unusual output, return values, API calls or modules."""

from __future__ import annotations

import base64

from tests.kit.responses import EASY
from tests.kit.world_content import archive
from tests.plugins.bad.bad_plugin import BadPlugin
from tests.plugins.bad.trial_server import PluginTrial

_RENEWED = """
class PluginHandler:
    def __init__(self, kili, project_id, logger): pass
    def on_submit(self, label, asset_id): print("renewed")
"""


def _is_renewed(trial: PluginTrial) -> None:
    """Check that the run ends in the old version and the next run uses the new version."""
    trial.assert_prints("old")
    trial.submit_and_wait()
    trial.assert_prints("old", "renewed")


def _keeps_its_label(trial: PluginTrial) -> None:
    (run,) = trial.runs()
    assert run["payload"]["label"]["jsonResponse"] == EASY
    (label,) = trial.kili.labels(trial.project, label_id=trial.label, fields=["jsonResponse"])
    assert label["jsonResponse"] == EASY


def _is_gone(trial: PluginTrial) -> None:
    assert trial.kili.count_projects(project_id=trial.project) == 0


def _is_called_three_times(trial: PluginTrial) -> None:
    outcomes = [(run["outcome"], run["refusal"]) for run in trial.runs()]
    assert outcomes.count(("SUCCEEDED", None)) == 2
    assert outcomes.count(("NOT_RUN", "SELF_TRIGGERED")) == 1
    assert [run["outcome"] for run in trial.runs("Other")].count("SUCCEEDED") == 2
    trial.assert_prints("called by None", "called by Other", allow_others=True)


PLATFORM_MISUSE = {
    "prints 100 MB": BadPlugin("for _ in range(100): print('x' * 1024 ** 2)"),
    "prints and logs what is not UTF-8": BadPlugin(
        r"""
        sys.stdout.buffer.write(b'caf\xe9\n')
        sys.stdout.flush()
        print('\udcff')
        self.logger.info('\udcff')
        """,
        check=lambda trial: trial.assert_logs_readable(),
    ),
    "logs what is too deep to show, cannot be shown, or is very large": BadPlugin(
        """
        deep = []
        for _ in range(100_000): deep = [deep]
        self.logger.info(deep)
        self.logger.info("%s %d", Silent())
        self.logger.info("x" * 50 * 1024 ** 2)
        """,
        top="class Silent:\n    def __str__(self): 1 / 0\n    __repr__ = __str__",
        check=lambda trial: trial.assert_prints(
            "<list that cannot be shown: RecursionError>",
            "%s %d <tuple that cannot be shown: ZeroDivisionError>",
            allow_others=True,
        ),
    ),
    "returns what cannot be copied": BadPlugin("x = [threading.Lock()]\nx.append(x)\nreturn x"),
    "returns a coroutine (`async def`)": BadPlugin(
        "return self.work()", init="async def work(self): print('never')"
    ),
    "is a generator": BadPlugin("print('never')\nyield"),
    "changes the label that it is given": BadPlugin(
        "label['jsonResponse'].clear()\nlabel.clear()", check=_keeps_its_label
    ),
    "deletes its own project": BadPlugin(
        "self.kili.delete_project(self.project_id)\nprint('after')", check=_is_gone
    ),
    "deletes itself": BadPlugin("self.kili.delete_plugin('Bad')\nprint('after')"),
    "updates itself": BadPlugin(
        """
        execute = self.kili.graphql_client.execute
        url = execute('mutation { data: generateUpdateUrl(data: {pluginName: "Bad"}) }')["data"]
        requests.put(url.partition("&id=")[0], CODE, headers=HEADERS).raise_for_status()
        execute('mutation { data: updatePluginRunner(data: {pluginName: "Bad"}) }')
        print("old")
        """,
        top=f"""
        import base64, requests
        CODE = base64.b64decode({base64.b64encode(archive(main__py=_RENEWED)).decode()!r})
        HEADERS = {{"Content-Type": "application/zip"}}
        """,
        check=_is_renewed,
    ),
    "causes another plugin's run, which causes its own": BadPlugin(
        "print('called by', label['modelName'])\nanswer(self, label, asset_id, None, 'Bad')",
        top="""
        def answer(plugin, label, asset_id, asked, name):
            if label["modelName"] == asked:
                plugin.kili.append_labels([asset_id], [{}], model_name=name, disable_tqdm=True)
        """,
        other="answer(self, label, asset_id, 'Bad', 'Other')",
        check=_is_called_three_times,
    ),
    "has modules of the same names as another plugin": BadPlugin(
        "helpers.names.append('Bad')\nprint(helpers.names)",
        top="import helpers",
        files={"helpers/__init__.py": "from .deep import names", "helpers/deep.py": "names = []"},
        other="helpers.names.append('Other')\nprint(helpers.names)",
        check=lambda trial: (
            trial.assert_prints("['Bad']"),
            trial.assert_prints("['Other']", of="Other"),
        ),
    ),
    "has packages with relative imports": BadPlugin(
        "print(package.sub.deep.value)",
        top="import package.sub.deep",
        files={
            "package/__init__.py": "",
            "package/side.py": "value = 'found'",
            "package/sub/__init__.py": "",
            "package/sub/deep.py": "from ..side import value",
        },
        check=lambda trial: trial.assert_prints("found"),
    ),
    "adds a folder of its own to `sys.path`": BadPlugin(
        "import found\nprint(found.value)",
        top="sys.path.insert(0, os.path.join(os.path.dirname(__file__), 'library'))",
        files={"library/found.py": "value = 'found'"},
        check=lambda trial: trial.assert_prints("found"),
    ),
    "reads a data file of its own": BadPlugin(
        "open('data/table.csv')", files={"data/table.csv": "1"}
    ),
}
