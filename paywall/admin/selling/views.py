"""The routes of the room of plans and offers."""

from paywall.admin.ground.routes import AdminRoute
from paywall.admin.selling import archive, offers, plans
from paywall.staff.rules import Role

_POST, _VIEWER, _ADMIN = ("POST",), Role.VIEWER, Role.ADMIN
_PLAN = "/offers/plans/<slug>"
ROUTES = (
    AdminRoute("/offers", plans.show_sold, "sold", _VIEWER),
    AdminRoute("/offers/plans", plans.show_new_plan, "new_plan", _ADMIN),
    AdminRoute("/offers/plans", plans.put_on_sale, "plan_set_up", _ADMIN, _POST, is_fresh=True),
    AdminRoute(_PLAN, plans.show_plan, "plan", _ADMIN),
    AdminRoute(f"{_PLAN}/archiving", archive.ask_to_archive, "ask_plan_archiving", _ADMIN),
    AdminRoute(f"{_PLAN}/archiving", archive.archive, "plan_archiving", _ADMIN, _POST, is_fresh=True),
    AdminRoute(f"{_PLAN}/return", archive.bring_back, "plan_return", _ADMIN, _POST, is_fresh=True),
    AdminRoute("/offers/new", offers.show_new_offer, "new_offer", _ADMIN),
    AdminRoute("/offers/new", offers.make_offer, "offer_set_up", _ADMIN, _POST, is_fresh=True),
    AdminRoute("/offers/<slug>/end", offers.stop_offer, "offer_end", _ADMIN, _POST),
    AdminRoute("/offers/stripe", plans.bring_again, "stripe_set_up", _ADMIN, _POST),
)
