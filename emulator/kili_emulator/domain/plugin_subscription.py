"""What a version of a plugin asks to be called for.

See contract/plugin.md#upload, contract/event.md#patterns.
"""

from __future__ import annotations

from dataclasses import dataclass

from kili_emulator import errors, messages
from kili_emulator.domain.documents import CallConditions
from kili_emulator.rules import handlers, subjects


@dataclass(frozen=True)
class PluginSubscription:
    """What a client says that a plugin is to be called for.

    Attributes:
        handler_types: such as ``onSubmit``; ``None`` when it does not say.
        event_matcher: patterns of events; likewise.
        client_version: what the client says of itself.
    """

    handler_types: list[str] | None = None
    event_matcher: list[str] | None = None
    client_version: str | None = None

    def check(self, operation: str, *, exclusive: bool) -> None:
        """Check the patterns.

        Args:
            exclusive: handlers and patterns cannot be asked for together: so it is for code, as
                clients say, but not for addresses.

        Raises:
            KiliError: a pattern is none, or both are given.
        """
        for each in self.event_matcher or ():
            if not subjects.is_pattern(each):
                raise errors.event_pattern_invalid(operation, each)
        if exclusive and self.handler_types and self.event_matcher:
            raise errors.handlers_and_events(operation)

    def members(self) -> CallConditions:
        """What a version stores of it: all that is to be called."""
        types = self.handler_types
        if types is None:
            types = [] if self.event_matcher else handlers.DEFAULT_TYPES
        return {
            "handlerTypes": types,
            "eventMatcher": self.event_matcher or [],
            "clientVersion": self.client_version,
        }

    def pattern_warnings(self) -> list[str]:
        """What is to be said of patterns that nothing here will ever match."""
        patterns = self.event_matcher or ()
        return [
            *(
                messages.PATTERN_WITHOUT_MATCH.format(pattern=each)
                for each in patterns
                if subjects.never_matches(each)
            ),
            *(
                messages.PATTERN_NOT_EMITTED.format(pattern=each)
                for each in patterns
                if subjects.matches_platform_only(each)
            ),
        ]
