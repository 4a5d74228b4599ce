"""Superset's dashboard as code: `python -m deploy.superset` writes pulse/, in the format of its exports.

Tests compare datasets with the views of a real ClickHouse, and let a real Superset import all of it and
answer every chart. Superset is no dependency: it lives in a virtual environment of its own.
"""
