"""Cases of issues and questions."""

from __future__ import annotations

from tests.contract.methods import case

_STATUS = """
    {call}
    (found,) = kili.issues.list(project_id, fields=["id", "status"])
    assert found == {{"id": issue_id, "status": "{status}"}}
"""
_QUESTION = """
    kili.questions.create(project_id=project_id, asset_id=asset["farm"], text="Which one?")
    (asked,) = kili.questions.list(project_id, fields=["id", "status"])
    {call}
    (found,) = kili.questions.list(project_id, fields=["id", "status"])
    assert found == {{"id": asked["id"], "status": "{status}"}}
"""

CASES = [
    case(
        "issues",
        sends="Query.issues",
        code="""
            (found,) = kili.issues(project_id)
            assert (found["id"], found["status"], found["type"]) == (issue_id, "OPEN", "ISSUE")
        """,
        since="2.140.3",
    ),
    case(
        "issues",
        sends="Query.issues",
        code="""
            (found,) = kili.issues(project_id, fields=["id", "status", "type", "createdAt"])
            assert (found["id"], found["status"], found["type"]) == (issue_id, "OPEN", "ISSUE")
        """,
        until="2.128.2",
    ),
    case(
        "count_issues",
        sends="Query.countIssues",
        code="""
            assert kili.count_issues(project_id) == 1
        """,
        until="2.128.2",
    ),
    case(
        "count_issues",
        sends="Query.countIssues",
        code="""
            assert kili.count_issues(project_id) == 1
            assert kili.count_issues(project_id, issue_type="QUESTION") == 0
        """,
        since="2.140.3",
    ),
    case(
        "append_to_issues",
        sends="Mutation.createIssues or Mutation.appendToIssues",
        code="""
            made = kili.append_to_issues(label["farm DEFAULT"], project_id, text="Look again")
            found = {each["id"]: each for each in kili.issues(project_id, fields=["id", "status"])}
            assert found[made["id"]]["status"] == "OPEN"
            assert len(found) == 2
        """,
    ),
    case(
        "create_issues",
        sends="Mutation.createIssues",
        code="""
            (made,) = kili.create_issues(
                project_id, [label["farm DEFAULT"]], text_array=["Look again"]
            )
            (found,) = kili.issues(
                project_id,
                asset_id=asset["farm"],
                fields=["id", "type", "status", "comments.text"],
            )
            assert found == {
                "id": made["id"],
                "type": "ISSUE",
                "status": "OPEN",
                "comments": [{"text": "Look again"}],
            }
        """,
    ),
    case(
        "create_questions",
        sends="Mutation.createIssues",
        code="""
            (made,) = kili.create_questions(
                project_id, text_array=["Which one?"], asset_id_array=[asset["farm"]]
            )
            (found,) = kili.issues(project_id, issue_type="QUESTION", fields=["id", "status"])
            assert found == {"id": made["id"], "status": "OPEN"}
        """,
    ),
    case(
        "update_issue_status",
        sends="Mutation.updatePropertiesInIssue",
        code="""
            kili.update_issue_status(issue_id, "SOLVED")
            (found,) = kili.issues(project_id, fields=["id", "status"])
            assert found == {"id": issue_id, "status": "SOLVED"}
        """,
    ),
    # ------------------------------------------------------------------ the domain client
    case(
        "issues.list",
        sends="Query.issues",
        code="""
            (found,) = kili.issues.list(project_id, fields=["id", "status", "comments.text"])
            texts = [each["text"] for each in found["comments"]]
            assert (found["id"], found["status"]) == (issue_id, "OPEN")
            assert texts[0] == "One duck has no box yet."
        """,
    ),
    case(
        "issues.list_as_generator",
        sends="Query.issues",
        code="""
            found = kili.issues.list_as_generator(project_id)
            assert [each["id"] for each in found] == [issue_id]
        """,
    ),
    case(
        "issues.count",
        sends="Query.countIssues",
        code="""
            assert kili.issues.count(project_id) == 1
            assert kili.issues.count(project_id, filter={"status": "SOLVED"}) == 0
        """,
    ),
    case(
        "issues.create",
        sends="Mutation.createIssues",
        code="""
            (made,) = kili.issues.create(
                project_id=project_id, label_id=label["farm DEFAULT"], text="Look again"
            )
            found = kili.issues.list(
                project_id, fields=["id", "status"], filter={"asset_id": asset["farm"]}
            )
            assert found == [{"id": made["id"], "status": "OPEN"}]
        """,
    ),
    *(
        case(
            f"issues.{method}",
            sends="Mutation.updatePropertiesInIssue",
            code=_STATUS.format(call=call, status=status),
        )
        for method, call, status in (
            ("solve", "kili.issues.solve(issue_id=issue_id)", "SOLVED"),
            ("cancel", "kili.issues.cancel(issue_id=issue_id)", "CANCELLED"),
            (
                "open",
                "kili.issues.solve(issue_id=issue_id)\n    kili.issues.open(issue_id=issue_id)",
                "OPEN",
            ),
        )
    ),
    case(
        "questions.create",
        sends="Mutation.createIssues",
        code="""
            (made,) = kili.questions.create(
                project_id=project_id, asset_id=asset["farm"], text="Which one?"
            )
            found = kili.questions.list(project_id, fields=["id", "assetId", "comments.text"])
            assert found == [
                {
                    "id": made["id"],
                    "assetId": asset["farm"],
                    "comments": [{"text": "Which one?"}],
                }
            ]
        """,
    ),
    case(
        "questions.list",
        sends="Query.issues",
        code="""
            assert kili.questions.list(project_id, fields=["id"]) == []
            kili.questions.create(project_id=project_id, asset_id=asset["farm"], text="Why?")
            (found,) = kili.questions.list(project_id, fields=["type", "status"])
            assert found == {"type": "QUESTION", "status": "OPEN"}
        """,
    ),
    case(
        "questions.list_as_generator",
        sends="Query.issues",
        code="""
            kili.questions.create(project_id=project_id, asset_id=asset["farm"], text="Why?")
            (found,) = kili.questions.list_as_generator(project_id)
            assert (found["type"], found["assetId"]) == ("QUESTION", asset["farm"])
        """,
    ),
    case(
        "questions.count",
        sends="Query.countIssues",
        code="""
            assert kili.questions.count(project_id) == 0
            kili.questions.create(project_id=project_id, asset_id=asset["farm"], text="Why?")
            assert kili.questions.count(project_id) == 1
        """,
    ),
    *(
        case(
            f"questions.{method}",
            sends="Mutation.updatePropertiesInIssue",
            code=_QUESTION.format(call=call, status=status),
        )
        for method, call, status in (
            ("solve", 'kili.questions.solve(question_id=asked["id"])', "SOLVED"),
            ("cancel", 'kili.questions.cancel(question_id=asked["id"])', "CANCELLED"),
            (
                "open",
                """kili.questions.solve(question_id=asked["id"])
    kili.questions.open(question_id=asked["id"])""",
                "OPEN",
            ),
        )
    ),
]
