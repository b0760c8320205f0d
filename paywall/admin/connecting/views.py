"""The routes of the rooms of keys and webhooks."""

from paywall.admin.connecting import endpoints, keys
from paywall.admin.ground.routes import AdminRoute
from paywall.staff.rules import Role

_POST, _VIEWER, _ADMIN = ("POST",), Role.VIEWER, Role.ADMIN
_KEY, _ENDPOINT = "/keys/<public_id>", "/endpoints/<public_id>"
ROUTES = (
    AdminRoute("/keys", keys.show_keys, "keys", _VIEWER),
    AdminRoute("/keys", keys.make_key, "key_making", _ADMIN, _POST, is_fresh=True),
    AdminRoute(_KEY, keys.show_key, "key", _ADMIN),
    AdminRoute(f"{_KEY}/replacement", keys.replace_key, "key_replacement", _ADMIN, _POST, is_fresh=True),
    AdminRoute(f"{_KEY}/end", keys.end_key, "key_end", _ADMIN, _POST),
    AdminRoute("/endpoints", endpoints.show_endpoints, "endpoints", _VIEWER),
    AdminRoute("/endpoints", endpoints.add_endpoint, "endpoint_adding", _ADMIN, _POST, is_fresh=True),
    AdminRoute(_ENDPOINT, endpoints.show_endpoint, "endpoint", _VIEWER),
    AdminRoute(f"{_ENDPOINT}/pause", endpoints.pause_endpoint, "endpoint_pause", _ADMIN, _POST),
    AdminRoute(f"{_ENDPOINT}/resumption", endpoints.resume_endpoint, "endpoint_resumption", _ADMIN, _POST),
    AdminRoute(f"{_ENDPOINT}/test", endpoints.try_endpoint, "endpoint_test", _ADMIN, _POST),
    AdminRoute(f"{_ENDPOINT}/secret", endpoints.replace_secret, "endpoint_secret", _ADMIN, _POST, is_fresh=True),
    AdminRoute(f"{_ENDPOINT}/removal", endpoints.remove_endpoint, "endpoint_removal", _ADMIN, _POST),
    AdminRoute(f"{_ENDPOINT}/deliveries/<int:number>", endpoints.replay_one, "delivery_replay", _ADMIN, _POST),
    AdminRoute(f"{_ENDPOINT}/deliveries", endpoints.replay_since, "deliveries_replay", _ADMIN, _POST),
)
