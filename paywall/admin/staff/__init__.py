"""The staff's own pages: who works here, and how each member shows that it is her."""

from paywall.admin.staff import me, people, showing

ROUTES = (*people.ROUTES, *me.ROUTES, *showing.ROUTES)
