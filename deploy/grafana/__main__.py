"""Writes the dashboards anew: `python -m deploy.grafana`."""

from __future__ import annotations

from importlib.resources import as_file, files

from deploy.grafana.city import CITY
from deploy.grafana.dashboard import Dashboard, as_json
from deploy.grafana.health import HEALTH

DASHBOARDS: tuple[Dashboard, ...] = (HEALTH, CITY)


def main() -> None:
    """Write each dashboard to the file of its name."""
    with as_file(files("deploy.grafana").joinpath("dashboards")) as directory:
        for dashboard in DASHBOARDS:
            (directory / f"{dashboard.uid}.json").write_text(as_json(dashboard))


if __name__ == "__main__":
    main()
