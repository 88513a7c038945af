"""The subscription of a plugin version: the handlers and events that it is called for.

See contract/plugin.md#upload, contract/event.md#patterns.
"""

from __future__ import annotations

from dataclasses import dataclass

from kili_emulator import errors, messages
from kili_emulator.domain.documents import CallConditions
from kili_emulator.rules import handlers, subjects


@dataclass(frozen=True)
class PluginSubscription:
    """A subscription as a client sends it.

    Attributes:
        handler_types: handler types such as ``onSubmit``; ``None`` if the client sends none.
        event_matcher: event patterns; ``None`` if the client sends none.
        client_version: the version that the client reports for itself.
    """

    handler_types: list[str] | None = None
    event_matcher: list[str] | None = None
    client_version: str | None = None

    def check(self, operation: str, *, exclusive: bool) -> None:
        """Check the patterns.

        Args:
            exclusive: reject handler types and patterns together. Clients document this rule for
                plugins with code; webhooks may have both.

        Raises:
            KiliError: a pattern is not valid, or ``exclusive`` and both are given.
        """
        for each in self.event_matcher or ():
            if not subjects.is_pattern(each):
                raise errors.event_pattern_invalid(operation, each)
        if exclusive and self.handler_types and self.event_matcher:
            raise errors.handlers_and_events(operation)

    def call_conditions(self) -> CallConditions:
        """Return the members that a version stores; without handlers and events, the defaults."""
        types = self.handler_types
        if types is None:
            types = [] if self.event_matcher else handlers.DEFAULT_TYPES
        return {
            "handlerTypes": types,
            "eventMatcher": self.event_matcher or [],
            "clientVersion": self.client_version,
        }

    def pattern_warnings(self) -> list[str]:
        """Return warnings about patterns that no event of the emulator ever matches."""
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
