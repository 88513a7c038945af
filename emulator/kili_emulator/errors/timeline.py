"""Errors about questions what happened: calls, events, logs and the timeline."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError


def operation_unknown(name: str, suggestion: str | None) -> KiliError:
    """No operation has this name, and no recorded request has sent it."""
    hint = (
        f'did you mean "{suggestion}"?' if suggestion else "docs/coverage.md lists all operations"
    )
    return KiliError(
        f'there is no operation "{name}", and no request was sent with this name: {hint}'
    )


def subject_unknown(name: str, suggestion: str | None) -> KiliError:
    """The emulator has no event with this name, and none that matches this pattern."""
    hint = f'did you mean "{suggestion}"?' if suggestion else "docs/contract/event.md lists them"
    return KiliError(
        f'no event of the emulator is named "{name}", or matches it as a pattern such as '
        f'"asset.*": {hint}'
    )


def timeline_topic() -> KiliError:
    """The timeline of a run is not restricted further."""
    return KiliError("give either run, or asset and project: a run belongs to one asset already")


def parameter_unknown(name: str, known: str) -> KiliError:
    """A request of the control plane has a parameter that the route does not know."""
    return KiliError(f"the parameter {name} is unknown: give only {known}")


def parameter_invalid(name: str, expected: str) -> KiliError:
    """A parameter of a request of the control plane has an invalid value."""
    return KiliError(f"the parameter {name} is invalid: give {expected}")
