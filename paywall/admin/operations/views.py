"""The routes of operations."""

from paywall.admin.ground.routes import AdminRoute
from paywall.admin.operations.events import (
    show_events,
    show_nobodys,
    try_event,
    try_events,
    try_nobodys_event,
    try_nobodys_events,
)
from paywall.admin.operations.mails import show_mails, try_mail, try_mails
from paywall.admin.operations.overview import show_operations
from paywall.admin.operations.reports import clear_notice, show_reports
from paywall.staff.rules import Role

_POST, _SUPPORT = ("POST",), Role.SUPPORT
_ROOM = "/operations"
_NOBODYS = f"{_ROOM}/events/nobodys"
ROUTES = (
    AdminRoute(_ROOM, show_operations, "operations", _SUPPORT, label="Operations"),
    AdminRoute(f"{_ROOM}/events", show_events, "operations_events", _SUPPORT),
    AdminRoute(f"{_ROOM}/events/again", try_events, "try_events", _SUPPORT, _POST),
    AdminRoute(f"{_ROOM}/events/<int:event_id>/again", try_event, "try_event", _SUPPORT, _POST),
    AdminRoute(_NOBODYS, show_nobodys, "operations_nobodys", Role.ADMIN),
    AdminRoute(f"{_NOBODYS}/again", try_nobodys_events, "try_nobodys_events", Role.ADMIN, _POST),
    AdminRoute(f"{_NOBODYS}/<int:event_id>/again", try_nobodys_event, "try_nobodys_event", Role.ADMIN, _POST),
    AdminRoute(f"{_ROOM}/mails", show_mails, "operations_mails", _SUPPORT),
    AdminRoute(f"{_ROOM}/mails/again", try_mails, "try_mails", _SUPPORT, _POST),
    AdminRoute(f"{_ROOM}/mails/<int:mail_id>/again", try_mail, "try_mail", _SUPPORT, _POST),
    AdminRoute(f"{_ROOM}/reports", show_reports, "operations_reports", _SUPPORT),
    AdminRoute(f"{_ROOM}/notices/<int:notice_id>/clearing", clear_notice, "clear_notice", _SUPPORT, _POST),
)
