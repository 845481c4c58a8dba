"""The states of a delivery: whatever happens in whatever order, accepted is never left and every path is a legal one."""

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from service.delivery.states import FINAL, UNSENT, DeliveryState, may_become, sources


class OneDelivery(RuleBasedStateMachine):
    """The ledger's only way to write: UPDATE ... WHERE state IN sources(target); what does not match is left alone."""

    def __init__(self) -> None:
        super().__init__()
        self.state = DeliveryState.QUEUED
        self.path = [self.state]

    @rule(target_state=st.sampled_from(sorted(DeliveryState)))
    def write(self, target_state: DeliveryState) -> None:
        if self.state in sources(target_state):
            self.state = target_state
            self.path.append(target_state)

    @invariant()
    def every_step_is_legal(self) -> None:
        assert all(may_become(before, after) for before, after in zip(self.path, self.path[1:], strict=False))

    @invariant()
    def accepted_is_the_end(self) -> None:
        assert DeliveryState.ACCEPTED not in self.path[:-1]

    @invariant()
    def final_is_the_end(self) -> None:
        assert not FINAL & set(self.path[:-1])


OneDelivery.TestCase.settings = hypothesis_settings(max_examples=60, stateful_step_count=25, deadline=None)
TestOneDelivery = OneDelivery.TestCase


def test_a_final_state_is_one_that_nothing_follows() -> None:
    assert {DeliveryState.ACCEPTED, DeliveryState.REFUSED, DeliveryState.SKIPPED} == FINAL


def test_resume_touches_only_what_was_not_sent() -> None:
    assert {DeliveryState.QUEUED, DeliveryState.DEFERRED} == UNSENT


def test_uncertain_never_becomes_skipped() -> None:
    assert not may_become(DeliveryState.UNCERTAIN, DeliveryState.SKIPPED)
