"""All acts on a reader, in the order in which the dossier lists them."""

from paywall.admin.acting.access import comp, end_comp, extend
from paywall.admin.acting.account import sign_out

ACTS = (comp.ACT, extend.ACT, end_comp.ACT, sign_out.ACT)
