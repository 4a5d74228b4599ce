"""Writes the dashboard anew: `python -m deploy.superset`."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files

from deploy.superset.city import CITY
from deploy.superset.export import export


def main() -> None:
    """Write what Superset imports, and drop files of what is no more."""
    with as_file(files("deploy.superset").joinpath("pulse")) as directory:
        shutil.rmtree(directory, ignore_errors=True)
        for name, text in export(CITY).items():
            file = directory / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)


if __name__ == "__main__":
    main()
