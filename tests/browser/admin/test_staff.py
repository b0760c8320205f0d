"""How somebody comes to work at a newspaper, in a real browser: invited, second factor set up, signed in again."""

import re
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from paywall import clock
from paywall.staff.totp import code_at
from tests.browser.admin.looking import look
from tests.browser.admin.walk import fact
from tests.browser.demo import Demo
from tests.readers.browser import PASSWORD

pytestmark = pytest.mark.browser
BEA = "bea@press.example"


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/login?next=/admin")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.locator("main form button[type=submit]").first.click()


def show_code(page: Page, code: str) -> None:
    page.get_by_label("Code", exact=True).fill(code)
    page.locator("main form button[type=submit]").click()


def all_passwords_grow_old(demo: Demo) -> None:
    with closing(sqlite3.connect(demo.folder / "paywall.sqlite3")) as database, database:
        database.execute("UPDATE sign_ins SET created_at = '2026-01-01 00:00:00.000000'")
        database.execute("UPDATE staff_proofs SET password_at = NULL")


def test_an_invited_person_joins_and_comes_back(pages: list[Page], own_demo: Demo) -> None:
    admin, bea, _ = pages
    email, password = fact(admin, "Address"), fact(admin, "Password")
    code = fact(admin, "Code of this moment")
    sign_in(admin, email, password)
    look(admin, "staff-code")
    show_code(admin, code)
    assert admin.get_by_role("heading", level=1).inner_text() == "Today"
    look(admin, "staff-front")
    admin.get_by_role("link", name="Staff", exact=True).click()
    admin.get_by_label("Address", exact=True).fill(BEA)
    admin.get_by_role("button", name="Invite").click()
    assert BEA in admin.get_by_role("table", name="Invitations").inner_text()
    look(admin, "staff-list")

    bea.goto("/demo/mailbox")
    bea.get_by_role("link", name=re.compile("Join the staff")).first.click()
    found = re.search(r"(/join-staff/[\w-]+)", bea.content())
    assert found
    bea.goto(found[1])
    look(bea, "staff-invited")
    bea.get_by_role("link", name="Create an account").click()
    bea.get_by_label("E-mail").fill(BEA)
    bea.get_by_label("Password", exact=True).fill(PASSWORD)
    bea.locator("main form button[type=submit]").first.click()
    bea.goto(found[1])
    bea.get_by_role("button", name="Join the staff").click()
    look(bea, "staff-set-up")
    assert bea.get_by_role("img", name="QR code of the key below").is_visible()
    secret = bea.locator("#key").inner_text().replace(" ", "")
    show_code(bea, code_at(secret, clock.wall()))
    assert bea.locator("li.code").count() == 10
    look(bea, "staff-codes")
    recovery = bea.locator("li.code").first.inner_text()
    bea.get_by_role("link", name="I have kept them").click()
    assert bea.get_by_role("heading", level=1).inner_text() == "Today"

    bea.context.clear_cookies()
    sign_in(bea, BEA, PASSWORD)
    show_code(bea, code_at(secret, clock.wall() + timedelta(seconds=30)))
    assert bea.get_by_role("heading", level=1).inner_text() == "Today"
    bea.goto("/admin/me")
    look(bea, "staff-me")
    assert recovery not in bea.content()

    all_passwords_grow_old(own_demo)
    admin.goto("/admin/staff")
    admin.get_by_label("Address", exact=True).fill("carl@press.example")
    admin.get_by_role("button", name="Invite").click()
    assert admin.get_by_role("heading", level=1).inner_text() == "Your password again"
    admin.get_by_label("Password").fill("not this one")
    admin.keyboard.press("Enter")
    admin.get_by_text("This is not your password.").first.wait_for()
    look(admin, "staff-again")
    admin.get_by_label("Password").fill(password)
    admin.keyboard.press("Enter")
    assert "carl@press.example" in admin.get_by_role("table", name="Invitations").inner_text()
