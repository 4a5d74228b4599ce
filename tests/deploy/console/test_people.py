"""Who may do and see what, and who is believed to be whom."""

from __future__ import annotations

import re
import stat
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import ValidationError
from starlette.requests import Request

from deploy.commands.console import command
from deploy.console.accounts import AccountError, Accounts
from deploy.console.database import CONDITIONS
from deploy.console.people import Grant, Person, Role, Scope
from deploy.console.settings import ConsoleSettings, ProxySettings
from deploy.console.signin import Proxy
from streams.contract import Level

PASSWORD = "a long password"
UNSCOPED = {
    "review_decided": "what the account itself has decided, or an administrator of everything may take back",
    "live_baseline": "is added up by unit in memory",
    "live_first": "a date",
    "live_hours": "the city's shares",
    "live_parts": "names no unit",
    "live_rejections": "names no unit",
    "live_surges": "is filtered for each who watches",
    "live_today": "is added up by unit in memory",
    "live_units": "is filtered for each who asks",
    "unit_categories": "of a unit that was found within the scope",
    "unit_counts": "of a unit that was found within the scope",
}


def test_every_query_keeps_to_the_scope_or_says_why_not() -> None:
    folder = files("deploy.console").joinpath("queries")
    texts = {file.name.removesuffix(".sql"): file.read_text() for file in folder.iterdir()}
    assert {name for name, text in texts.items() if "{in_scope}" not in text} == set(UNSCOPED) - {"live_feed"}
    for text in texts.values():
        assert not re.search(r"\{db\}|\bpulse\.", text), "the console reads views"
    assert set(CONDITIONS) == {"{in_scope}", "{in_unit}", "{may_be_of_unit}"}


@pytest.mark.parametrize("text", ["street", "street:", ":x", "planet:x", "street;x"])
def test_a_scope_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no scope"):
        Scope.parse(text)


def test_roles_include_each_other() -> None:
    assert [role for role in Role if Person("", role).can_act] == [Role.OPERATOR, Role.ADMINISTRATOR]
    grant = Grant.parse("viewer@estate:a:b")
    assert grant == Grant(Role.VIEWER, Scope(Level.ESTATE, "a:b"))
    assert str(grant.scope) == "estate:a:b"


def test_an_account_is_found_by_its_password_alone(tmp_path: Path) -> None:
    file = tmp_path / "accounts.json"
    accounts, others = Accounts(file), Accounts(file)
    assert others.all() == {}
    accounts.put("wang", Grant(Role.OPERATOR), PASSWORD)
    found = others.check("wang", PASSWORD)
    assert found is not None and found.role is Role.OPERATOR
    assert others.check("wang", PASSWORD + "!") is None
    assert others.check("zhao", PASSWORD) is None
    assert PASSWORD not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_change_or_removal_ends_the_account_s_sessions(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "accounts.json")
    accounts.put("wang", Grant(Role.OPERATOR), PASSWORD)
    stamp = accounts.all()["wang"].stamp
    assert accounts.find("wang", stamp) == Person("wang", Role.OPERATOR)
    accounts.put("wang", Grant(Role.VIEWER), PASSWORD)
    assert accounts.find("wang", stamp) is None
    accounts.remove("wang")
    assert accounts.all() == {}
    with pytest.raises(AccountError, match="no account"):
        accounts.remove("wang")


def test_a_file_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "accounts.json"
    Accounts(file).put("wang", Grant(Role.OPERATOR), PASSWORD)
    file.chmod(0o644)
    with pytest.raises(AccountError, match="chmod 600"):
        Accounts(file).check("wang", PASSWORD)


def test_the_command_keeps_accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULSE_CONSOLE__ACCOUNTS_FILE", "kept/accounts.json")
    (tmp_path / "kept").mkdir()
    runner = CliRunner()
    add = ["user", "add", "wang", "--role", "operator", "--scope", "street:s1", "--password-stdin"]
    assert runner.invoke(command, add, input=PASSWORD + "\n").exit_code == 0
    listed = runner.invoke(command, ["user", "list", "--json"])
    assert listed.output.strip() == '{"wang": {"role": "operator", "scope": "street:s1"}}'
    short = runner.invoke(command, add, input="short\n")
    assert (short.exit_code, "at least 10" in short.output) == (1, True)
    assert (
        runner.invoke(command, [*add[:5], "--scope", "x", "--password-stdin"], input=PASSWORD).exit_code == 2
    )
    assert runner.invoke(command, ["user", "remove", "wang"]).exit_code == 0


def request(peer: str, **headers: str) -> Request:
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": sent, "client": (peer, 1)})


def test_only_the_proxy_says_who_somebody_is() -> None:
    proxy = Proxy(
        ProxySettings(
            addresses=("10.1.0.0/16", "::1"),
            groups={"duty": "operator", "pingshan": "administrator@street:s1", "all": "viewer"},
        )
    )
    said = {"x_forwarded_user": "wang", "x_forwarded_groups": "all, duty ,strangers"}
    assert proxy.person(request("10.1.2.3", **said)) == Person("wang", Role.OPERATOR)
    assert proxy.person(request("10.2.0.1", **said)) is None
    assert proxy.person(request("10.1.2.3", x_forwarded_user="wang", x_forwarded_groups="strangers")) is None
    assert proxy.person(request("10.1.2.3", x_forwarded_groups="duty")) is None
    best = proxy.person(request("::1", x_forwarded_user="li", x_forwarded_groups="pingshan,duty"))
    assert best == Person("li", Role.ADMINISTRATOR, Scope(Level.STREET, "s1"))


@pytest.mark.parametrize(
    "values",
    [
        {"host": "0.0.0.0"},  # noqa: S104 - what is to be refused
        {"host": "0.0.0.0", "public_url": "http://pulse.example.org"},  # noqa: S104
        {"host": "0.0.0.0", "public_url": "https://pulse.example.org", "open_role": "viewer"},  # noqa: S104
        {"open_role": "viewer", "proxy": {"addresses": ["10.0.0.1"]}},
        {"proxy": {"groups": {"duty": "boss"}}},
        {"proxy": {"addresses": ["example.org"]}},
    ],
)
def test_settings_that_would_let_anybody_in_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ConsoleSettings.model_validate(values)
