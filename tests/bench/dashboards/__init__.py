"""Dashboards' queries over many facts: `python -m tests.bench --dashboards [--facts 100000000]`."""
