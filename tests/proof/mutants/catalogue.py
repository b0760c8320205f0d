"""All seven by their letters, the tests that each must pass, and the one that catches each quickest."""

from tests.proof.mutants.leasing import E, F, G
from tests.proof.mutants.marking import A, B
from tests.proof.mutants.payloads import C, D

MUTANTS = {mutant.letter: mutant for mutant in (A, B, C, D, E, F, G)}

HAPPY = (
    "tests/billing/test_sync.py::TestMoneyThatGoesBack::test_in_full_ends_access_at_once",
    "tests/billing/test_sync.py::TestMoneyThatGoesBack::test_in_part_never_does",
    "tests/billing/test_sync.py::TestASubscriptionThatIsNotOurs::test_at_a_foreign_price_is_ignored_and_counted",
    "tests/billing/test_drain.py::TestEventsOfOneSubscription::test_that_come_after_they_were_handled_change_nothing",
    "tests/billing/test_drain.py::TestTheWebhookAndTheReturnPage::test_reach_the_same_in_either_order",
    "tests/billing/test_drain.py::TestTheDrainsThread::test_is_woken_by_an_event_and_does_not_wait_for_its_round",
    "tests/billing/test_webhook.py::TestAnEventThatComesAgain::test_is_kept_once_and_always_answered_200",
    "tests/billing/test_webhook.py::TestTheTruth::test_wakes_the_drain",
)
"""A webhook that comes once, in order, to a receiver that nobody disturbs: every mutant does that right."""

SUITE = (
    "tests/billing/test_webhook.py",
    "tests/billing/test_lease.py",
    "tests/billing/test_drain.py",
    "tests/billing/test_sync.py",
    "tests/proof/test_orders.py",
    "tests/proof/test_crash_points.py",
    "tests/proof/test_storm.py",
)

_HELD = "tests/billing/test_lease.py::TestAFetchThatIsHeld::"
CAUGHT_BY = {
    "A": "tests/billing/test_sync.py::TestStripeOutOfReach::"
    "test_leaves_the_events_waiting_with_the_reason_and_changes_nothing",
    "B": _HELD + "test_and_overtaken_stores_nothing_of_what_it_saw",
    "C": "tests/billing/test_webhook.py::TestTheTruth::test_wins_over_events_in_any_order",
    "D": "tests/billing/test_webhook.py::TestTheTruth::test_wins_over_events_in_any_order",
    "E": _HELD + "test_does_not_close_events_that_came_after_it_began",
    "F": _HELD + "test_and_overtaken_stores_nothing_of_what_it_saw",
    "G": _HELD + "test_longer_than_the_lease_is_not_started_again_by_another_worker",
}
