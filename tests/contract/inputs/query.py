"""Arguments of the queries that list and count."""

from __future__ import annotations

from tests.contract.inputs.registry import Case, CaseWorld, case


def lists(operation: str) -> Case:
    def run(case_world: CaseWorld) -> None:
        everything = case_world.wire.list(operation, {})
        arguments = {"where": {}, "first": 1000, "skip": 0}
        assert everything
        for changed, expected in (
            ({"where": {"id": everything[0]["id"]}}, everything[:1]),
            ({"where": {"id": "nothing"}}, []),
            ({"first": 0}, []),
            ({"first": 1}, everything[:1]),
            ({"skip": 1}, everything[1:]),
        ):
            assert (
                case_world.wire.call(operation, selection="id", **{**arguments, **changed})
                == expected
            )

    return run


def counts(operation: str) -> Case:
    def run(case_world: CaseWorld) -> None:
        assert case_world.wire.call(operation, where={}) > 0
        assert case_world.wire.call(operation, where={"id": "nothing"}) == 0

    return run


for _noun in (
    "ApiKeys",
    "Assets",
    "Issues",
    "Labels",
    "Organizations",
    "Projects",
    "ProjectVersions",
    "Users",
):
    _operation = _noun[0].lower() + _noun[1:]
    case(*(f"{_operation}({each})" for each in ("where", "first", "skip")))(lists(_operation))
    case(f"count{_noun}(where)")(counts(f"count{_noun}"))
case("countPlugins(where)")(counts("countPlugins"))
