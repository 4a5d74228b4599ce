"""The tables and views that readers may rely on; each name is spelled here once.

Tables live in DATABASE and may change; what others build on are the views in BI_DATABASE, which only grow.
The columns of both, with their meaning, stand in docs/tables.md.
"""

from __future__ import annotations

from typing import Final

DATABASE: Final = "pulse"
BI_DATABASE: Final = "bi"

COMPLAINTS: Final = "complaints"
UNIT_COUNTS: Final = "unit_counts"
UNIT_COUNT_FRAMES: Final = "unit_count_frames"
"""Takes what becomes rows of UNIT_COUNTS, and keeps nothing."""
SURGES: Final = "surges"
SURGE_ACTIONS: Final = "surge_actions"
REVIEW_DECISIONS: Final = "review_decisions"
REJECTED: Final = "rejected"
PROGRESS: Final = "progress"
UNITS: Final = "units"
UNITS_CURRENT: Final = "units_current"
UNITS_DICTIONARY: Final = "units_dict"
EPOCHS: Final = "epochs"
REQUESTS: Final = "requests"
REQUEST_UNITS: Final = "request_units"
REQUEST_CHANGES: Final = "request_changes"
REQUEST_READINGS: Final = "request_readings"
WEIGHER_CHECKPOINTS: Final = "weigher_checkpoints"
SCHEMA_MIGRATIONS: Final = "schema_migrations"

TABLES: Final = (
    COMPLAINTS,
    UNIT_COUNTS,
    SURGES,
    SURGE_ACTIONS,
    REVIEW_DECISIONS,
    REJECTED,
    PROGRESS,
    UNITS,
    EPOCHS,
    REQUESTS,
    REQUEST_UNITS,
    REQUEST_CHANGES,
    REQUEST_READINGS,
    WEIGHER_CHECKPOINTS,
    SCHEMA_MIGRATIONS,
)

BI_COMPLAINTS: Final = "complaints"
BI_COMPLAINTS_NOW: Final = "complaints_now"
BI_REQUESTS: Final = "requests"
BI_REQUEST_UNITS: Final = "request_units"
BI_UNIT_COUNTS: Final = "unit_counts"
BI_UNIT_PERIODS: Final = "unit_periods"
BI_SURGES: Final = "surges"
BI_ESTATES: Final = "estates"
BI_DATA_QUALITY: Final = "data_quality"
BI_FRESHNESS: Final = "freshness"
BI_SURGE_ACTIONS: Final = "surge_actions"
BI_FEED: Final = "feed"
BI_UNITS: Final = "units"
BI_REJECTIONS: Final = "rejections"
BI_SURGE_LADDER: Final = "surge_ladder"
BI_LADDER_SHARES: Final = "ladder_shares"
BI_SURGE_VERDICTS: Final = "surge_verdicts"
BI_SURGE_FEEDBACK: Final = "surge_feedback"
BI_SURGE_CASES: Final = "surge_cases"
BI_REVIEW_DECISIONS: Final = "review_decisions"
BI_TAG_QUALITY: Final = "tag_quality"
BI_REQUEST_OUTCOMES: Final = "request_outcomes"
BI_COMPANY_YEARS: Final = "company_years"
BI_COMMITTEE_YEARS: Final = "committee_years"
BI_NEGATIVE_LIST: Final = "negative_list"

BI_VIEWS: Final = (
    BI_COMPLAINTS,
    BI_COMPLAINTS_NOW,
    BI_REQUESTS,
    BI_REQUEST_UNITS,
    BI_UNIT_COUNTS,
    BI_UNIT_PERIODS,
    BI_SURGES,
    BI_ESTATES,
    BI_DATA_QUALITY,
    BI_FRESHNESS,
    BI_SURGE_ACTIONS,
    BI_FEED,
    BI_UNITS,
    BI_REJECTIONS,
    BI_SURGE_LADDER,
    BI_LADDER_SHARES,
    BI_SURGE_VERDICTS,
    BI_SURGE_FEEDBACK,
    BI_SURGE_CASES,
    BI_REVIEW_DECISIONS,
    BI_TAG_QUALITY,
    BI_REQUEST_OUTCOMES,
    BI_COMPANY_YEARS,
    BI_COMMITTEE_YEARS,
    BI_NEGATIVE_LIST,
)
