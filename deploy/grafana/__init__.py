"""Grafana's dashboards as code: `python -m deploy.grafana` writes dashboards/*.json.

Tests run every query: those of health.py against a Prometheus that scrapes a platform, those of city.py
against a ClickHouse that holds the example district.
"""
