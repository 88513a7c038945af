"""The error of a build."""

from __future__ import annotations


class BuildError(Exception):
    """A version cannot be built; each of :attr:`problems` is a line for the plugin's author.

    Attributes:
        headline: the problem in one line, where code of the plugin raised it.
    """

    def __init__(self, *problems: str, headline: str | None = None) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)
        self.headline = headline
