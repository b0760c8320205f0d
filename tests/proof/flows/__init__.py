"""What people and workers do, as flows that can be broken off anywhere and are then taken up again."""

from tests.proof.flows.flow import Flow
from tests.proof.flows.importing import Import
from tests.proof.flows.leaving import Cancelling, CancellingOnce, RefundHeardOf, Refunding
from tests.proof.flows.paying import Checkout, Renewal, SignUp

FLOWS: tuple[type[Flow], ...] = (
    SignUp,
    Checkout,
    Renewal,
    Cancelling,
    CancellingOnce,
    Refunding,
    RefundHeardOf,
    Import,
)
