"""All acts on a reader, in the order in which the dossier lists them."""

from paywall.admin.acting.access import comp, end_comp, extend
from paywall.admin.acting.account import erase, export, resend, sign_out, transfer
from paywall.admin.acting.money import cancel, change_plan, refund, resume

ACTS = (
    comp.ACT,
    extend.ACT,
    end_comp.ACT,
    cancel.AT_THE_END,
    cancel.NOW,
    resume.ACT,
    change_plan.ACT,
    refund.ACT,
    resend.ACT,
    sign_out.ACT,
    transfer.ACT,
    export.ACT,
    erase.ACT,
)
