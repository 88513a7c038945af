"""Issues and questions: opening, discussion and closing, with SDKs of all generations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kili_emulator.app import Emulator
from tests.kit.sdk_process import SdkSession
from tests.kit.wire import Wire


@pytest.fixture
def wire(kili_emulator: Emulator) -> Iterator[Wire]:
    opened = Wire(kili_emulator)
    yield opened
    opened.close()


@pytest.fixture
def project(kili: Any) -> str:
    return str(kili.projects(fields=["id"])[0]["id"])


@pytest.fixture
def domain(kili_emulator: Emulator, tmp_path: Any) -> Any:
    """Return the SDK's domain client."""
    from kili.client_domain import Kili

    with pytest.warns(UserWarning, match="work in progress"):
        return Kili(
            api_key=kili_emulator.key("admin"),
            api_endpoint=kili_emulator.endpoint,
            graphql_client_params={"graphql_schema_cache_dir": tmp_path},
            disable_tqdm=True,
        )


def label_of(wire: Wire, name: str) -> str:
    """Return the id of the DEFAULT label of an asset."""
    where = {"asset": {"externalIdStrictlyIn": [name]}, "typeIn": ["DEFAULT"]}
    return wire.ids("labels", where)[0]


def asset_of(wire: Wire, name: str) -> str:
    return wire.ids("assets", {"externalIdStrictlyIn": [name]})[0]


def opened(wire: Wire, key: str = "reviewer", **row: Any) -> str:
    """Open an issue or a question; return its id."""
    (issue,) = wire.call("createIssues", key, issues=[row], where={}, selection="id")
    return str(issue["id"])


def read(wire: Wire, issue: str, selection: str) -> Any:
    (found,) = wire.list("issues", {"id": issue}, selection=selection)
    return found


def set_status(wire: Wire, key: str, issue: str, status: str) -> None:
    data, where = {"status": status}, {"id": issue}
    wire.call("updatePropertiesInIssue", key, data=data, where=where)


# With real SDKs


def test_each_sdk_lists_issues_with_its_own_fields(notebook: SdkSession) -> None:
    (issue,) = notebook.run("list(kili.issues(project_id))").checked().value
    assert (issue["type"], issue["status"]) == ("ISSUE", "OPEN")
    assert notebook.run("kili.count_issues(project_id)").checked().value == 1


@pytest.mark.parametrize("sdk", ["2.125.2", "2.128.2"], indirect=True)
def test_issues_and_questions_of_older_sdks_are_numbered_by_the_server(
    notebook: SdkSession,
) -> None:
    notebook.run(
        "label = kili.labels(project_id, fields=['id'], type_in=['DEFAULT'])[0]['id']\n"
        "for kind in ('ISSUE', 'QUESTION', 'ISSUE'):\n"
        "    kili.append_to_issues(label, project_id, text='Look.', type_=kind, object_mid='m')"
    ).checked()
    fields = "['type', 'issueNumber', 'objectMid', 'comments.text', 'hasBeenSeen']"
    found = notebook.run(f"list(kili.issues(project_id, fields={fields}))").checked().value
    assert [(each["type"], each["issueNumber"]) for each in found[1:]] == [
        ("ISSUE", 1),
        ("QUESTION", 0),
        ("ISSUE", 2),
    ]
    assert found[1]["comments"] == [{"text": "Look."}]
    assert (found[1]["objectMid"], found[1]["hasBeenSeen"]) == ("m", False)


def test_questions_refer_to_external_ids_and_issues_to_labels(
    kili: Any, domain: Any, wire: Wire, project: str
) -> None:
    (question,) = domain.questions.create(
        project_id=project, text_array=["Why?"], asset_external_id_array=["farm"]
    )
    (issue,) = kili.create_issues(project, [label_of(wire, "farm")], ["m"], ["No."])
    fields = ["id", "type", "issueNumber", "objectMid", "asset.externalId", "comments.text"]
    farm = asset_of(wire, "farm")
    assert list(kili.issues(project, fields=fields, asset_id=farm)) == [
        {
            **question,
            "type": "QUESTION",
            "issueNumber": 0,
            "objectMid": None,
            "asset": {"externalId": "farm"},
            "comments": [{"text": "Why?"}],
        },
        {
            **issue,
            "type": "ISSUE",
            "issueNumber": 1,
            "objectMid": "m",
            "asset": {"externalId": "farm"},
            "comments": [{"text": "No."}],
        },
    ]
    assert kili.count_issues(project, issue_type="QUESTION") == 1
    assert kili.count_issues(project, asset_id_in=[farm], status="OPEN") == 2


@pytest.mark.parametrize("noun", ["issue", "question"])
def test_domain_client_opens_closes_and_counts_issues(
    domain: Any, wire: Wire, project: str, noun: str
) -> None:
    of_noun = getattr(domain, f"{noun}s")
    target = (
        {"label_id_array": [label_of(wire, "farm")]}
        if noun == "issue"
        else {"asset_external_id_array": ["farm"]}
    )
    (made,) = of_noun.create(project_id=project, text_array=["Hm."], **target)
    for action, status in (("solve", "SOLVED"), ("open", "OPEN"), ("cancel", "CANCELLED")):
        (outcome,) = getattr(of_noun, action)(**{f"{noun}_ids": [made["id"]]})
        assert (outcome["success"], outcome["status"]) == (True, status)
        assert read(wire, made["id"], "status") == {"status": status}
        chosen = {"status": status}
        listed = of_noun.list(project_id=project, filter=chosen, fields=["id"])
        assert made in listed
        assert of_noun.count(project_id=project, filter=chosen) == len(listed)
    with pytest.raises(Exception, match="accessDenied"):
        of_noun.solve(**{f"{noun}_id": "unknown"})


# Rights


def test_labelers_can_ask_questions_but_not_open_issues(wire: Wire) -> None:
    farm = asset_of(wire, "farm")
    question = opened(wire, "labeler", assetId=farm, type="QUESTION", text="Is a hen a bird?")
    assert read(wire, question, "type author { firstname }") == {
        "type": "QUESTION",
        "author": {"firstname": "Leo"},
    }
    refusal = wire.refusal("createIssues", "labeler", issues=[{"assetId": farm}], where={})
    assert "createIssues needs the role ADMIN or TEAM_MANAGER or REVIEWER" in refusal


def test_issue_about_a_label_is_assigned_to_the_author_of_the_label(wire: Wire) -> None:
    issue = opened(wire, labelID=label_of(wire, "farm"))
    assert read(wire, issue, "assignee { firstname }") == {"assignee": {"firstname": "Leo"}}


@pytest.mark.parametrize("kind", ["question", "issue about an asset", "issue about a prediction"])
def test_questions_and_issues_about_assets_or_predictions_have_no_assignee(
    wire: Wire, kind: str
) -> None:
    (prediction,) = wire.ids("labels", {"typeIn": ["PREDICTION"]})
    row = {
        "question": {"labelID": label_of(wire, "farm"), "type": "QUESTION"},
        "issue about an asset": {"assetId": asset_of(wire, "farm")},
        "issue about a prediction": {"labelID": prediction},
    }[kind]
    assert read(wire, opened(wire, **row), "assignee { id }") == {"assignee": None}


def test_issue_about_a_label_of_a_plugin_has_no_assignee(wire: Wire) -> None:
    wire.emulator.world.documents.table("users").update(
        {"isServiceAccount": True}, lambda user: user["email"] == "labeler@example.com"
    )
    issue = opened(wire, labelID=label_of(wire, "farm"))
    assert read(wire, issue, "assigneeId") == {"assigneeId": None}


def test_only_author_and_assignee_among_labelers_change_the_status_of_an_issue(
    wire: Wire,
) -> None:
    assigned = opened(wire, labelID=label_of(wire, "farm"))
    set_status(wire, "labeler", assigned, "SOLVED")
    own = opened(wire, "labeler", assetId=asset_of(wire, "farm"), type="QUESTION")
    set_status(wire, "labeler", own, "CANCELLED")
    foreign = opened(wire, assetId=asset_of(wire, "farm"))
    data, where = {"status": "SOLVED"}, {"id": foreign}
    refusal = wire.refusal("updatePropertiesInIssue", "labeler", data=data, where=where)
    assert "[noAccessRights]" in refusal
    set_status(wire, "manager", foreign, "SOLVED")


@pytest.mark.parametrize("way", ["comment", "status"])
def test_issue_is_seen_once_another_user_reacts(wire: Wire, way: str) -> None:
    issue = opened(wire, labelID=label_of(wire, "farm"))

    def react(key: str) -> None:
        if way == "comment":
            wire.call("appendToComments", key, data={"text": "Yes."}, where={"id": issue})
        else:
            set_status(wire, key, issue, {"reviewer": "CANCELLED", "labeler": "SOLVED"}[key])

    react("reviewer")
    assert read(wire, issue, "hasBeenSeen") == {"hasBeenSeen": False}
    react("labeler")
    assert read(wire, issue, "hasBeenSeen") == {"hasBeenSeen": True}


# Issues of assets and labels


def test_assets_and_labels_list_their_open_issues_and_questions(wire: Wire) -> None:
    farm, label = asset_of(wire, "farm"), label_of(wire, "farm")
    issues = [opened(wire, labelID=label, objectMid=mid) for mid in ("a", "b", "a")]
    opened(wire, assetId=farm, objectMid="c")
    opened(wire, "labeler", assetId=farm, objectMid="q", type="QUESTION")
    set_status(wire, "reviewer", issues[1], "SOLVED")

    (leo,) = wire.ids("users", {"email": "labeler@example.com"})
    fields = "openIssuesObjectMids openIssuesAssigneeIds openQuestionsAuthorIds"
    assert wire.list("assets", {"id": farm}, selection=fields) == [
        {
            "openIssuesObjectMids": ["a", "c"],
            "openIssuesAssigneeIds": [leo],
            "openQuestionsAuthorIds": [leo],
        }
    ]
    (found,) = wire.list("labels", {"id": label}, selection="openIssuesObjectMids")
    assert found == {"openIssuesObjectMids": ["a"]}


# Comments


def test_comments_are_listed_by_issue_with_their_authors(wire: Wire) -> None:
    issue = opened(wire, labelID=label_of(wire, "farm"), text="One hen is missing.")
    wire.call("appendToComments", "labeler", data={"text": "Where?"}, where={"id": issue})
    fields = "text authorId authorIdUser author { id role user { id firstname } }"
    found = wire.list("comments", {"issue": {"id": issue}}, selection=fields)
    assert [(each["text"], each["author"]["user"]["firstname"]) for each in found] == [
        ("One hen is missing.", "Rita"),
        ("Where?", "Leo"),
    ]
    for each in found:
        assert each["authorId"] == each["author"]["id"] != each["authorIdUser"]
        assert each["authorIdUser"] == each["author"]["user"]["id"]
    assert wire.call("countComments", where={"issue": {"id": issue}}) == 2


def test_comments_of_hidden_projects_are_not_listed(wire: Wire) -> None:
    data = {"title": "Own", "inputType": "TEXT", "jsonInterface": "{}"}
    project = wire.call("createProject", data=data)["id"]
    content = {"contentArray": ["text"]}
    (made,) = wire.call("appendManyAssets", data=content, where={"id": project})
    opened(wire, "admin", assetId=made["id"], text="Hidden.")
    where = {"issue": {"project": {"id": project}}}
    assert len(wire.ids("comments", where)) == 1
    assert wire.ids("comments", where, "labeler") == []
