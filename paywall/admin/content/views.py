"""The routes of the articles' room."""

from paywall.admin.content.lists import change_many, preview_change, show_articles
from paywall.admin.content.one import change_article, show_article
from paywall.admin.content.publication import OTHER_PATHS
from paywall.admin.ground.routes import AdminRoute
from paywall.staff.rules import Role

_POST, _ADMIN = ("POST",), Role.ADMIN
ROUTES = (
    AdminRoute("/articles", show_articles, "articles", Role.VIEWER, label="Publication", rooms=OTHER_PATHS),
    AdminRoute("/articles/levels", preview_change, "levels_preview", _ADMIN),
    AdminRoute("/articles/levels", change_many, "levels", _ADMIN, _POST),
    AdminRoute("/articles/<int:article_id>", show_article, "article", Role.VIEWER),
    AdminRoute("/articles/<int:article_id>", change_article, "article_change", _ADMIN, _POST),
)
