"""The views return the report's own figures, from the registry and the facts of the example district.

The expected values are those of the report, written here once more by hand and found nowhere else.
"""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from deploy.commands.report import command as report_command
from deploy.console.texts import Language
from deploy.local.clickhouse import prepare_clickhouse
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.program import running
from deploy.report.document import Kind as ColumnKind
from deploy.report.document import compose, written
from deploy.report.words import Words
from producers.contract import Kind
from sinks.clickhouse import ClickHouse
from sinks.figures import read_figures
from sinks.migrate import Migrator
from sinks.report.period import parse_period
from sinks.report.reading import NothingToReport, read_report
from sinks.requests import RequestKeeper
from sinks.settings import ClickHouseSettings, SinksSettings
from sinks.sink import ClickHouseSink
from sinks.units import store_units
from streams.contract import Tagged
from tests.district_facts import example_registry, tagged_district
from tests.pdf_pages import packed, page_texts
from tests.sinks.made import store

pytestmark = pytest.mark.stack

PINGSHAN = "440310"
REPORT = {
    "streets": 6,
    "communities": 24,
    "estates_delivered": 45,
    "estates_on_sale": 21,
    "estates_building": 12,
    "events_2020": 1908,
    "events_2021": 3540,
    "events_per_estate_2020": 42,
    "events_per_estate_2021": 79,
    "growth_2021_percent": 85.53,
    "petitions": 806,
    "petitions_housing": 327,
    "petitions_housing_percent": 40.5,
    "branches": 45,
    "branches_percent": 100,
    "branch_secretaries_owners": 25,
    "branches_since_2020": 32,
    "branches_since_2020_percent": 71.1,
    "branches_without_premises": 17,
    "branches_without_premises_percent": 38,
    "may_elect_committee": 34,
    "committees_elected": 19,
    "committees_elected_percent": 56,
    "eligible_without_committee": 15,
    "committees_preparing": 9,
    "committees_not_started": 6,
    "chairs_party_members": 8,
    "chairs_branch_secretaries": 6,
    "committee_party_share_percent": 51,
    "committees_over_half_party": 6,
    "companies_with_party_branch": 4,
    "model_estate_change_percent": -53,
    "model_estate_petitions": 0,
    "quiet_estate_years": 4,
}
COUNTED = {
    *(
        "events_2020",
        "events_2021",
        "events_per_estate_2020",
        "events_per_estate_2021",
        "growth_2021_percent",
    ),
    *("petitions", "petitions_housing", "petitions_housing_percent"),
}
"""What the report counts over its period instead."""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SinksSettings]:
    """A ClickHouse server of this module's own, which nobody else's facts or registry reach."""
    port, http_port = free_ports(2)
    server = prepare_clickhouse(tmp_path_factory.mktemp("figures"), port, http_port)
    with running(server.program()):
        yield SinksSettings(
            clickhouse=ClickHouseSettings(
                host=LOOPBACK,
                port=port,
                password=SecretStr(server.passwords["writer"]),
                migrator_password=SecretStr(server.passwords["migrator"]),
            )
        )


@pytest.fixture(scope="module")
def server(settings: SinksSettings) -> Iterator[ClickHouse]:
    """The server with the example district's registry and facts, repeats included."""
    Migrator(settings).migrate()
    store_units(example_registry(), settings)
    server = ClickHouse(settings.clickhouse)
    store(ClickHouseSink(settings), [tagged for _, tagged in tagged_district()])
    yield server
    server.close()


def moved(estate: str, kind: Kind, occurred_at: dt.datetime) -> Tagged:
    """Return one more happening at an estate, like one that there was but of a request of its own."""
    like = next(tagged for _, tagged in tagged_district() if tagged.tag and tagged.tag.name == estate)
    return msgspec.structs.replace(
        like, request_id=f"more-{estate}", event_id="more", kind=kind, occurred_at=occurred_at
    )


def closed(at: dt.datetime) -> Tagged:
    """Return the closing of a request about an estate that was opened in June 2021."""
    opened = next(
        tagged
        for _, tagged in tagged_district()
        if tagged.kind is Kind.OPENED and tagged.tag and f"{tagged.occurred_at:%Y-%m}" == "2021-06"
    )
    return msgspec.structs.replace(
        opened, event_id="closed", kind=Kind.CLOSED, occurred_at=at, weighed_at=at, offset=opened.offset + 1
    )


def test_the_views_return_every_figure_of_the_report(server: ClickHouse, settings: SinksSettings) -> None:
    assert read_figures(server, settings, PINGSHAN) == REPORT


def test_a_repeat_moves_no_figure(server: ClickHouse, settings: SinksSettings) -> None:
    store(ClickHouseSink(settings), [tagged for _, tagged in tagged_district()[:500]])
    assert read_figures(server, settings, PINGSHAN) == REPORT


def test_an_unknown_district_has_no_figures(server: ClickHouse, settings: SinksSettings) -> None:
    assert read_figures(server, settings, "440311") == {}


def test_the_report_of_a_year_agrees_with_the_views(server: ClickHouse, settings: SinksSettings) -> None:
    RequestKeeper(settings).keep_all()
    figures = read_figures(server, settings, PINGSHAN)
    report = read_report(server, settings, parse_period("2021"))
    assert report.events("this") == figures["events_2021"]
    assert report.events("before") == figures["events_2020"]
    assert round(report.growth_percent or 0, 2) == figures["growth_2021_percent"]
    assert report.petitions() == (figures["petitions"], figures["petitions_housing"])
    own = {each.key: each.value for each in report.figures}
    assert own == {key: value for key, value in figures.items() if key in own}
    assert len(own) == len(figures) - len(COUNTED)
    bi = settings.clickhouse.bi_database
    years = server.execute(
        "SELECT property_company, households, complaints, company_matters, points, points_squared "
        f"FROM {bi}.company_years WHERE year = 2021 ORDER BY property_company"
    )
    companies = sorted(report.companies(), key=lambda each: each.name)
    assert years == [
        (
            *(each.name, each.households, each.complaints, each.matters.requests),
            *(each.matters.points, each.matters.points_squared),
        )
        for each in companies
    ]
    assert sum(each.complaints for each in companies) == report.total().requests
    assert all(each.rating for each in companies)


def test_the_printed_report_says_in_pdf_what_it_says_in_csv(
    server: ClickHouse, settings: SinksSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULSE_SINKS__CLICKHOUSE__HOST", settings.clickhouse.host)
    monkeypatch.setenv("PULSE_SINKS__CLICKHOUSE__PORT", str(settings.clickhouse.port))
    monkeypatch.setenv("PULSE_SINKS__CLICKHOUSE__PASSWORD", settings.clickhouse.password.get_secret_value())
    for form in ("csv", "pdf"):
        options = ["--period", "2021", "--format", form, "--out", f"report.{form}"]
        result = CliRunner().invoke(report_command, options)
        assert result.exit_code == 0, result.output
    pages = page_texts(Path("report.pdf").read_bytes())
    document = compose(
        read_report(server, settings, parse_period("2021")), Words(Language.CHINESE), settings.zone
    )
    foot = packed("·".join([document.title, *document.notes[:2]]))
    assert all(f"{foot}{number}/{len(pages)}" in text for number, text in enumerate(pages, 1))
    text = "".join(pages)
    assert "坪山区住宅小区治理报告" in text
    assert "小区诉求3,540" in text
    assert "同比增长（%）85.53" in text
    rows = list(csv.reader(Path("report.csv").read_text("utf-8-sig").splitlines()))
    for section in document.sections:
        text = text[text.index(packed(section.title)) :]
        start = rows.index([section.title]) + 2
        table = list(itertools.takewhile(bool, rows[start:]))
        assert len(table) == len(section.rows)
        for row in table:
            kinds = [kind for _, kind in section.columns]
            found = re.search("".join(map(shown_as, row, kinds)), text)
            assert found, row
            text = text[found.end() :]


def shown_as(cell: str, kind: ColumnKind) -> str:
    """Return the pattern of a cell of the CSV file as people read it; some numbers are texts already."""
    try:
        number = int(cell) if kind is ColumnKind.COUNT else float(cell)
    except ValueError:
        return re.escape(packed(cell))
    return f"(?:{re.escape(cell)}|{re.escape(written(number, kind))})"


def test_a_report_of_a_past_date_can_be_made_again(server: ClickHouse, settings: SinksSettings) -> None:
    """What came later changes nothing in it, and it ends where the facts of then end."""
    june = dt.date(2021, 6, 30)
    then = read_report(server, settings, parse_period("2021"), "坪山区", june)
    assert then.period == parse_period("2021-01-01..2021-06-30")
    assert then.before == parse_period("2020-01-01..2020-06-30")
    known = read_report(server, settings, parse_period("2021-01-01..2021-06-30"))
    store(ClickHouseSink(settings), [closed(dt.datetime(2021, 7, 1, tzinfo=dt.UTC))])
    assert read_report(server, settings, parse_period("2021"), PINGSHAN, june) == then
    now = read_report(server, settings, parse_period("2021-01-01..2021-06-30"))
    assert now.total().solved == known.total().solved + 1
    assert now.events("this") == known.events("this")
    with pytest.raises(NothingToReport, match="440310"):
        read_report(server, settings, parse_period("2021"), "440311")
    with pytest.raises(NothingToReport, match="facts end"):
        read_report(server, settings, parse_period("2031"))


def test_figures_move_with_the_facts(server: ClickHouse, settings: SinksSettings) -> None:
    """A figure that stood in a view as a number would stay. Last of this module: the facts are changed."""
    new_year = dt.datetime(2020, 12, 31, 16, 30, tzinfo=dt.UTC)  # 00:30 of 2021 in Pingshan
    store(ClickHouseSink(settings), [moved("京基御景花园", Kind.OPENED, new_year)])
    store(
        ClickHouseSink(settings),
        [moved("金地朗悦花园", Kind.PETITIONED, dt.datetime(2020, 6, 1, tzinfo=dt.UTC))],
    )
    assert read_figures(server, settings, PINGSHAN) == REPORT | {
        "events_2021": 3541,
        "growth_2021_percent": 85.59,
        "model_estate_change_percent": -52,
        "petitions": 807,
        "petitions_housing_percent": 40.5,
        "quiet_estate_years": 1,
    }
