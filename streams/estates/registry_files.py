"""Registry files on disk: the format goes by the name's ending. The one module here that opens files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from streams.estates.draft import Draft, RegistryFileError
from streams.estates.registry import Registry
from streams.estates.registry_csv import format_csv, parse_csv
from streams.estates.registry_geojson import PropertyMapping, format_geojson, parse_geojson

GEOJSON_ENDINGS: Final = (".geojson", ".json")


def read_registry(path: Path) -> Registry:
    """Read a registry from a CSV or GeoJSON file.

    Raises:
        RegistryFileError: the file cannot be read or is not a sound registry.
        OSError: the file cannot be opened.
    """
    return read_draft(path).registry()


def read_draft(path: Path, mapping: PropertyMapping | None = None) -> Draft:
    """Read the units of a CSV or GeoJSON file, sound or not.

    Raises:
        RegistryFileError: a row or feature cannot be read.
        OSError: the file cannot be opened.
    """
    text = read_text(path)
    if path.suffix.lower() in GEOJSON_ENDINGS:
        return parse_geojson(text, path.name, mapping)
    return parse_csv(text, path.name)


def write_registry(registry: Registry, path: Path) -> None:
    """Write a registry as CSV or GeoJSON; the file is replaced at once, never half written.

    Raises:
        OSError: the file cannot be written.
    """
    as_geojson = path.suffix.lower() in GEOJSON_ENDINGS
    draft = path.with_name(path.name + ".part")
    draft.write_text(format_geojson(registry) if as_geojson else format_csv(registry), encoding="utf-8")
    draft.replace(path)


def read_text(path: Path) -> str:
    """Return the text of a file in UTF-8 or, as spreadsheets in China save it, GB18030.

    Raises:
        RegistryFileError: it is neither.
        OSError: the file cannot be opened.
    """
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RegistryFileError([f"{path.name}: is neither UTF-8 nor GB18030, save it as UTF-8"])
