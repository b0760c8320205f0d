"""The routes of the room of mails."""

from paywall.admin.ground.routes import AdminRoute
from paywall.admin.mails import changing, looking
from paywall.staff.rules import Role

_POST, _VIEWER, _ADMIN = ("POST",), Role.VIEWER, Role.ADMIN
ROUTES = (
    AdminRoute("/mails", looking.show_mails, "mails", _VIEWER),
    AdminRoute("/mails/language", changing.change_language, "mail_language", _ADMIN, _POST),
    AdminRoute("/mails/<kind>", looking.show_mail, "mail", _VIEWER),
    AdminRoute("/mails/<kind>/html", looking.show_html, "mail_html", _VIEWER),
    AdminRoute("/mails/<kind>/preview", changing.preview_mail, "mail_preview", _VIEWER, _POST),
    AdminRoute("/mails/<kind>", changing.change_mail, "mail_change", _ADMIN, _POST),
    AdminRoute("/mails/<kind>/ours", changing.take_back, "mail_taking_back", _ADMIN, _POST),
    AdminRoute("/mails/<kind>/test", changing.send_to_me, "mail_test", _ADMIN, _POST),
)
