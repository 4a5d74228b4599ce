from __future__ import annotations

import pytest

from sinks.settings import SinksSettings
from tests.sinks.tables_page import PAGE, tables_page


@pytest.mark.stack
def test_the_page_says_what_the_server_says(fresh: SinksSettings) -> None:
    assert PAGE.read_text() == tables_page(fresh), "write it anew: python -m tests.sinks.tables_page"
