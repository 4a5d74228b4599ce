"""The report's words in one language: its own `texts.toml`, and the console's terms."""

from __future__ import annotations

from typing import Final

from deploy.console.texts import Language, Texts

PACKAGE: Final = "deploy.report"


class Words(Texts):
    """The report's texts of one language; terms that it lacks are the console's."""

    def __init__(self, language: Language) -> None:
        super().__init__(language, PACKAGE)
        self._terms = Texts(language)

    def keys(self, group: str) -> list[str]:
        """Return the keys of a group, in the order in which they stand in the file."""
        return [key.partition(".")[2] for key in self._texts if key.startswith(f"{group}.")]

    def term(self, kind: str, value: str) -> str:
        """Return the word for a value of a closed set; the value itself where there is none."""
        return self._texts.get(f"{kind}.{value}") or self._terms.term(kind, value)
