"""Cases of the steps of a project's workflow, and of consensus on a step."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from tests.contract.methods import case

# A project of the workflow with steps, with two assets and the people of the scenario.
_STEPPED = """
legacy = client("admin")
stepped = legacy.create_project(
    input_type="TEXT", json_interface={"jobs": {}}, title="Stepped"
)["id"]
for name, role in (("reviewer", "REVIEWER"), ("manager", "TEAM_MANAGER"), ("labeler", "LABELER")):
    legacy.append_to_roles(stepped, email[name], role)
legacy.append_many_to_dataset(
    stepped, content_array=["one", "two"], external_id_array=["one", "two"], disable_tqdm=True
)
one, two = (each["id"] for each in legacy.assets(stepped, fields=["id"], disable_tqdm=True))


def steps(*fields):
    wanted = ["steps." + each for each in ("id", "name", *fields)]
    (found,) = legacy.projects(stepped, fields=wanted, disable_tqdm=True)
    return {each["name"]: each for each in found["steps"]}


def assignees(name):
    return {each["email"] for each in steps("assignees.email")[name]["assignees"]}


def seen(name, *fields):
    (found,) = legacy.assets(stepped, asset_id=name, fields=list(fields), disable_tqdm=True)
    return found


"""


def stepped(code: str) -> str:
    """Return a case's code after code that creates the project with steps."""
    return _STEPPED + dedent(code)


_UPDATE = """
label, review = (each["id"] for each in steps().values())
kili.{call}(
    stepped,
    enforce_step_separation=True,
    create_steps=[{{"name": "Last look", "type": "REVIEW", "assignees": [user["reviewer"]],
                    "step_coverage": 40{order}}}],
    update_steps=[{{"id": label, "type": "DEFAULT", "name": "Draw", "consensus_coverage": 20,
                    "number_of_expected_labels_for_consensus": 2}}],
    delete_steps=[review],
)
found = steps("type", "stepCoverage", "consensusCoverage")
assert list(found) == ["Draw", "Last look"]
assert (found["Draw"]["id"], found["Draw"]["consensusCoverage"]) == (label, 20)
assert (found["Last look"]["type"], found["Last look"]["stepCoverage"]) == ("REVIEW", 40)
assert assignees("Last look") == {{email["reviewer"]}}
(project,) = legacy.projects(stepped, fields=["enforceStepSeparation"])
assert project["enforceStepSeparation"] is True
"""
_GET = """
label, review = kili.{call}(stepped)
assert (label["name"], label["type"]) == ("Label", "DEFAULT")
assert (review["name"], review["type"]) == ("Review 1", "REVIEW")
"""
_GET_ASSIGNEES = """
reviewers = {each["email"] for each in review["assignees"]}
assert reviewers == {email[each] for each in ("admin", "manager", "reviewer")}
"""
_REMOVE_THEN_ADD = """
everybody = {{email[each] for each in ("admin", "manager", "reviewer")}}
assert {client}.{remove}(stepped, "Review 1", [email["manager"]]) == [email["manager"]]
assert assignees("Review 1") == everybody - {{email["manager"]}}
asked = [email["manager"], email["labeler"]]
assert {other}.{add}(stepped, "Review 1", asked) == [email["manager"]]
assert assignees("Review 1") == everybody
"""
_CONSENSUS = """
label = steps()["Label"]["id"]
legacy.update_project_workflow(
    stepped,
    update_steps=[{{"id": label, "type": "DEFAULT", "consensus_coverage": 0,
                    "number_of_expected_labels_for_consensus": 2}}],
)
assert kili.{call}(asset_id=one, project_id=stepped, is_consensus=True) is True
assert seen(one, "isUsedForConsensus") == {{"isUsedForConsensus": True}}
assert kili.{call}(external_id="one", project_id=stepped, is_consensus=False) is False
assert seen(one, "isUsedForConsensus") == {{"isUsedForConsensus": False}}
"""
_COPY = """
other = legacy.create_project(
    input_type="TEXT", json_interface={{"jobs": {{}}}}, title="Copy"
)["id"]
legacy.add_review_step(stepped, "Review 2", [email["admin"]], step_coverage=30,
                       send_back_to_step="Review 1")
legacy.update_project_workflow(stepped, enforce_step_separation=True)
kili.{call}(destination_project_id=other, source_project_id=stepped)
fields = ["name", "type", "stepCoverage", "sendBackStepId", "id"]
label, first, second = legacy.get_steps(other, fields=["steps." + each for each in fields])
assert [each["name"] for each in (label, first, second)] == ["Label", "Review 1", "Review 2"]
assert (first["stepCoverage"], second["stepCoverage"]) == (0, 30)
assert second["sendBackStepId"] == first["id"]
(project,) = legacy.projects(other, fields=["enforceStepSeparation"])
assert project["enforceStepSeparation"] is True
"""
# No client makes a project with groups of steps: a scenario does.
_GROUPED = str(Path(__file__).with_name("groups.yaml"))
_ON_LABELING_STEP = """
steps = client("admin").get_steps
fields = ["steps.id", "steps.name", "steps.stepGroupId", "steps.assignees.email"]


def assignees():
    return [{{each["email"] for each in step["assignees"]}} for step in steps(project_id, fields)]


everybody = {{email[each] for each in ("admin", "manager", "reviewer", "labeler")}}
shapes, _, colors, _ = (each["id"] for each in steps(project_id, fields))
assert assignees()[0] == assignees()[2] == everybody
two = [email["manager"], email["reviewer"]]
assert {remove}(project_id, "Label", two, group_name="Colors") == two
assert (assignees()[0], assignees()[2]) == (everybody, everybody - {{*two}})
assert {add}(project_id, emails=two[:1], step_id=colors) == two[:1]
assert (assignees()[0], assignees()[2]) == (everybody, everybody - {{*two[1:]}})
"""
_EDIT = "Mutation.editProjectWorkflowSettings"

_ORDER = ', "order": 1'  # a new step needs it until 25.2

CASES = [
    *(
        case(
            method,
            sends=_EDIT,
            code=stepped(_UPDATE.format(call=method, order=order)),
            since=since,
            until=until,
        )
        for method in ("update_project_workflow", "projects.workflow.update")
        for order, since, until in ((_ORDER, None, "25.9"), ("", "26.1", None))
    ),
    *(
        case(
            method,
            sends="Query.projects",
            code=stepped(_GET.format(call=method) + assigned),
            since=since,
            until=until,
        )
        for method in ("get_steps", "projects.workflow.list")
        for assigned, since, until in (("", "25.2", "25.9"), (_GET_ASSIGNEES, "26.1", None))
    ),
    *(
        case(
            prefix + method,
            sends=_EDIT,
            code=stepped(
                _REMOVE_THEN_ADD.format(
                    client="kili" if verb == "remove" else "legacy",
                    other="kili" if verb == "add" else "legacy",
                    remove=prefix + f"remove_reviewers{suffix}"
                    if verb == "remove"
                    else "remove_reviewers_from_step",
                    add=prefix + f"add_reviewers{other}"
                    if verb == "add"
                    else "add_reviewers_to_step",
                )
            ),
        )
        for prefix, suffix, other in (
            ("", "_from_step", "_to_step"),
            ("projects.workflow.", "", ""),
        )
        for verb, method in (
            ("remove", "remove_reviewers" + suffix),
            ("add", "add_reviewers" + other),
        )
    ),
    *(
        case(
            method,
            sends=_EDIT,
            scenario=_GROUPED,
            code=_ON_LABELING_STEP.format(
                **{
                    "add": "client('admin').add_labelers_to_step",
                    "remove": "client('admin').remove_labelers_from_step",
                }
                | {verb: f"kili.{method}"}
            ),
        )
        for verb, method in (
            ("add", "add_labelers_to_step"),
            ("remove", "remove_labelers_from_step"),
            ("add", "projects.workflow.add_labelers"),
            ("remove", "projects.workflow.remove_labelers"),
        )
    ),
    case(
        "update_asset_consensus",
        sends="Mutation.setAssetConsensus",
        code=stepped(_CONSENSUS.format(call="update_asset_consensus")),
    ),
    case(
        "assets.update_consensus",
        sends="Mutation.setAssetConsensus",
        code=stepped(_CONSENSUS.format(call="assets.update_consensus")),
    ),
    case(
        "copy_workflow_from_project",
        sends=_EDIT,
        code=stepped(_COPY.format(call="copy_workflow_from_project")),
    ),
    case(
        "projects.workflow.copy_from_project",
        sends=_EDIT,
        code=stepped(_COPY.format(call="projects.workflow.copy_from_project")),
    ),
    case(
        "add_review_step",
        sends="Mutation.addReviewStep",
        code=stepped(
            """
            added = kili.add_review_step(
                stepped, "Review 2", [email["reviewer"]], step_coverage=30,
                send_back_to_step="Review 1",
            )
            assert added["name"] == "Review 2"
            found = steps("stepCoverage", "sendBackStepId")
            assert list(found) == ["Label", "Review 1", "Review 2"]
            assert found["Review 2"]["stepCoverage"] == 30
            assert found["Review 2"]["sendBackStepId"] == found["Review 1"]["id"]
            assert assignees("Review 2") == {email["reviewer"]}
            """
        ),
    ),
    case(
        "update_labeling_step_properties",
        sends="Mutation.updateLabelingStepProperties",
        code=stepped(
            """
            kili.update_labeling_step_properties(
                stepped, "Label", consensus_coverage=30,
                number_of_expected_labels_for_consensus=3, use_honeypot=True,
            )
            found = steps("consensusCoverage", "numberOfExpectedLabelsForConsensus", "useHoneypot")
            label = found["Label"]
            assert label["consensusCoverage"] == 30
            assert label["numberOfExpectedLabelsForConsensus"] == 3
            assert label["useHoneypot"] is True
            """
        ),
    ),
    case(
        "update_review_step_properties",
        sends="Mutation.updateReviewStepProperties",
        code=stepped(
            """
            review = steps()["Review 1"]["id"]
            kili.update_review_step_properties(
                stepped, step_id=review, assignees=[email["reviewer"]], step_coverage=60
            )
            assert steps("stepCoverage")["Review 1"]["stepCoverage"] == 60
            assert assignees("Review 1") == {email["reviewer"]}
            """
        ),
    ),
    case(
        "rename_step",
        sends="Mutation.renameStep",
        code=stepped(
            """
            assert kili.rename_step(stepped, "Review 1", "Check")["name"] == "Check"
            assert list(steps()) == ["Label", "Check"]
            """
        ),
    ),
    case(
        "delete_last_step",
        sends="Mutation.deleteStep",
        code=stepped(
            """
            legacy.add_review_step(stepped, "Review 2", [email["reviewer"]])
            left = kili.delete_last_step(stepped)["steps"]
            assert [each["name"] for each in left] == ["Label", "Review 1"] == list(steps())
            """
        ),
    ),
]

BROKEN = {("get_steps", "2.176.1"): "it takes the list of steps, which it asks for, for one step"}
