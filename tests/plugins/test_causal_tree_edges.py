"""The causal tree: the deliveries that a run causes, and the waits for them."""

from __future__ import annotations

from kili_emulator.domain.event_bus import Delivery, wait_for_deliveries
from kili_emulator.plugins.dispatch.causal_tree import CausalTree


class WaiterStub(Delivery):
    """A delivery that records whether a wait for it timed out."""

    timed_out = False

    def on_wait_timeout(self, seconds: float) -> None:
        self.timed_out = True


def test_deliveries_are_children_of_a_run_until_the_run_ends() -> None:
    causal_tree, parent, child, orphan = CausalTree(), Delivery(), Delivery(), Delivery()
    causal_tree.begin("run", parent)
    causal_tree.add("run", child)
    causal_tree.add(None, orphan)
    causal_tree.add("nobody", orphan)
    parent.set_result(None)
    causal_tree.add("run", orphan)
    assert parent.children == [child]


def test_the_end_of_an_undone_run_does_not_end_the_new_run_of_the_same_id() -> None:
    causal_tree, undone, new, child = CausalTree(), Delivery(), Delivery(), Delivery()
    causal_tree.begin("run", undone)
    causal_tree.begin("run", new)
    undone.set_result(None)
    causal_tree.add("run", child)
    assert new.children == [child]


def test_timed_out_wait_notifies_all_unfinished_deliveries() -> None:
    root, over, late, below = WaiterStub(), WaiterStub(), WaiterStub(), WaiterStub()
    root.children += [over, late]
    over.children.append(below)
    root.set_result(None)
    over.set_result(None)
    wait_for_deliveries([root], 0)
    assert [each.timed_out for each in (root, over, late, below)] == [False, False, True, True]


def test_wait_without_children_ignores_deliveries_below_the_root() -> None:
    root, below = WaiterStub(), WaiterStub()
    root.children.append(below)
    root.set_result(None)
    wait_for_deliveries([root], 0, include_children=False)
    assert not below.timed_out
