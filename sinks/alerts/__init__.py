"""Surges as alerts for Alertmanager: what an alert says, which are open, and how they get there.

`alert.py`, `book.py`, `words.py` and `severity.py` are pure; `alertmanager.py` speaks HTTP, `surge_log.py`
reads Kafka, `alerter.py` moves things between them; `overdue.py` counts requests for Prometheus' rules. What
becomes of an alert (who is told, what is grouped, what mutes what) stands in deploy/alertmanager.
"""
