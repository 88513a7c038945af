"""The error of a build."""

from __future__ import annotations


class BuildError(Exception):
    """A version cannot be built.

    Attributes:
        problems: the reasons, as lines for the plugin's author.
        headline: the reason in one line, if code of the plugin raised an error.
    """

    def __init__(self, *problems: str, headline: str | None = None) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)
        self.headline = headline
