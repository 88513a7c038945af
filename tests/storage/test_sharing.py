"""Compact documents are equal to the originals, to the type of each value, and share values."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from kili_emulator.storage.sharing import SharedValues

TEXTS = st.one_of(st.text(max_size=3), st.sampled_from(["[]", "{}", "x" * 200]))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.sampled_from([0, 1, 1.0, 0.0]), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=5,
)


@given(st.lists(st.dictionaries(TEXTS, VALUES, max_size=4), max_size=8))
def test_compact_documents_have_the_same_json(documents: list[dict[str, object]]) -> None:
    shared = SharedValues()
    compacted = [shared.compact(json.loads(json.dumps(each))) for each in documents]
    assert json.dumps(compacted) == json.dumps(documents)


@given(st.lists(st.dictionaries(TEXTS, VALUES, max_size=4), max_size=4), st.data())
def test_documents_like_a_model_have_the_same_json(
    documents: list[dict[str, object]], data: st.DataObject
) -> None:
    shared, model = SharedValues(), None
    for document in documents:
        model = shared.compact_like(document, model)
        assert json.dumps(model) == json.dumps(document)
        changes = {name: data.draw(VALUES) for name in document if data.draw(st.booleans())}
        model = shared.compact_like({**model, **changes}, model)
        assert json.dumps(model) == json.dumps({**document, **changes})


def test_equal_values_of_documents_are_one_object() -> None:
    shared = SharedValues()
    text = '{"projectId": "p1", "size": {"width": 1}, "ids": [], "payload": {"assetId": "a1"}}'
    one, other = (shared.compact(json.loads(text)) for _ in range(2))
    assert one["projectId"] is other["projectId"]
    assert one["size"] is other["size"]
    assert one["ids"] is other["ids"]
    assert one["payload"]["assetId"] is other["payload"]["assetId"]


def test_a_compact_document_is_a_copy() -> None:
    document = {"id": "x"}
    SharedValues().compact(document)["id"] = "changed"
    assert document == {"id": "x"}
