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
SURGES: Final = "surges"
REJECTED: Final = "rejected"
PROGRESS: Final = "progress"
UNITS: Final = "units"
UNITS_CURRENT: Final = "units_current"
UNITS_DICTIONARY: Final = "units_dict"
EPOCHS: Final = "epochs"
SCHEMA_MIGRATIONS: Final = "schema_migrations"

TABLES: Final = (
    COMPLAINTS,
    UNIT_COUNTS,
    SURGES,
    REJECTED,
    PROGRESS,
    UNITS,
    EPOCHS,
    SCHEMA_MIGRATIONS,
)

BI_COMPLAINTS: Final = "complaints"
BI_REQUESTS: Final = "requests"
BI_UNIT_COUNTS: Final = "unit_counts"
BI_SURGES: Final = "surges"
BI_ESTATES: Final = "estates"
BI_DATA_QUALITY: Final = "data_quality"
BI_FRESHNESS: Final = "freshness"

BI_VIEWS: Final = (
    BI_COMPLAINTS,
    BI_REQUESTS,
    BI_UNIT_COUNTS,
    BI_SURGES,
    BI_ESTATES,
    BI_DATA_QUALITY,
    BI_FRESHNESS,
)
