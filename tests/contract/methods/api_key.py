"""Cases of API keys."""

from __future__ import annotations

from tests.contract.methods import case

_LISTED = """
    (found,) = {methods}.api_keys(user_id=user["labeler"], fields=["name", "revoked"])
    assert found == {{"name": "labeler", "revoked": False}}
"""
_COUNTED = """
    assert {methods}.count_api_keys(user_id=user["labeler"]) == 1
    assert {methods}.count_api_keys(api_key_id="nothing") == 0
"""

CASES = [
    case(
        "append_to_api_keys",
        sends="Mutation.appendToApiKeys",
        code="""
            own = f"secret-{user['admin']}"  # keys are unique, other worlds included
            made = kili.append_to_api_keys(own, "second")
            (read,) = kili.api_keys(api_key_id=made["id"], fields=["name", "key", "user.id"])
            assert read == {"name": "second", "key": own, "user": {"id": user["admin"]}}
        """,
    ),
    case("api_keys", sends="Query.apiKeys", code=_LISTED.format(methods="kili")),
    case("count_api_keys", sends="Query.countApiKeys", code=_COUNTED.format(methods="kili")),
    case("internal.api_keys", sends="Query.apiKeys", code=_LISTED.format(methods="kili.internal")),
    case(
        "internal.count_api_keys",
        sends="Query.countApiKeys",
        code=_COUNTED.format(methods="kili.internal"),
    ),
]
