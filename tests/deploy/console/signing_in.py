"""How tests log in: as a person at a page, or as a program."""

from __future__ import annotations

import re

import httpx
from playwright.sync_api import BrowserContext, Page

from tests.deploy.console.conftest import PASSWORD

CSRF = re.compile(r'name="csrf" value="([^"]+)"')


def csrf_of(html: str) -> str:
    """Return the token of a page's forms."""
    found = CSRF.search(html)
    assert found, "the page has no form"
    return found[1]


def log_in(client: httpx.Client, name: str, password: str = PASSWORD) -> httpx.Response:
    """Log in as a program."""
    token = csrf_of(client.get("/login").text)
    return client.post("/login", data={"csrf": token, "name": name, "password": password})


def open_as(context: BrowserContext, name: str, path: str = "/") -> Page:
    """Log in as a person who was on the way to a page, and return that page."""
    page = context.new_page()
    page.goto(path)
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"**{path}")
    return page
