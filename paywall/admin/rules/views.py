"""The routes of the rooms of meters and walls."""

from paywall.admin.ground.routes import AdminRoute
from paywall.admin.rules import invitations, meters, robots, walls
from paywall.staff.rules import Role

_POST, _VIEWER, _ADMIN = ("POST",), Role.VIEWER, Role.ADMIN
ROUTES = (
    AdminRoute("/meter", meters.show_meters, "meters", _VIEWER),
    AdminRoute("/meter/<int:meter_id>", meters.show_meter, "meter", _ADMIN),
    AdminRoute("/meter/<int:meter_id>", meters.change_meter, "meter_change", _ADMIN, _POST),
    AdminRoute("/meter/<int:meter_id>/removal", meters.remove_meter, "meter_removal", _ADMIN, _POST),
    AdminRoute("/meter/sections", meters.count_section, "section_meter", _ADMIN, _POST),
    AdminRoute("/meter/timezone", meters.set_timezone, "timezone", _ADMIN, _POST),
    AdminRoute("/wall", walls.show_wall, "wall", _VIEWER),
    AdminRoute("/wall", walls.change_wall, "wall_change", _ADMIN, _POST),
    AdminRoute("/wall/sections", walls.lift_section, "section_wall", _ADMIN, _POST),
    AdminRoute("/wall/crawlers", walls.show_crawlers, "crawlers", _VIEWER),
    AdminRoute("/wall/crawlers", walls.change_crawlers, "crawlers_change", _ADMIN, _POST),
    AdminRoute("/wall/robots", robots.change_robots, "robots_change", _ADMIN, _POST),
    AdminRoute("/wall/invitation", invitations.show_invitation, "invitation", _VIEWER),
    AdminRoute("/wall/invitation", invitations.change_words, "invitation_change", _ADMIN, _POST),
    AdminRoute("/wall/invitation/preview", invitations.preview_words, "invitation_preview", _VIEWER, _POST),
    AdminRoute("/wall/invitation/page", invitations.framed_page, "invitation_page", _VIEWER),
)
