"""Acts on a reader: each asks once, does it once, writes one row into the audit, and leads back to the dossier.

`offering.offered` says which of them make sense for a reader just now, and why the others do not.
"""

from paywall.admin.acting.account import view
from paywall.admin.acting.bulk.views import ROUTES as OF_MANY
from paywall.admin.acting.every import ACTS
from paywall.admin.acting.frame import routes_of

ROUTES = (*(route for act in ACTS for route in routes_of(act)), *view.ROUTES, *OF_MANY)
