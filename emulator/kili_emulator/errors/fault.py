"""Errors about faults that a test arranges (all ours)."""

from __future__ import annotations

from kili_emulator.errors.kili_error import BAD_USER_INPUT, KiliError


def fault_invalid(detail: str) -> KiliError:
    """The rule of a fault cannot be used."""
    return KiliError(f"the fault is not valid: {detail}", BAD_USER_INPUT)


def fault_target_unknown(target: str, nearest: str | None) -> KiliError:
    """A fault names a target that no request can have."""
    hint = f"did you mean {nearest!r}?" if nearest else "docs/coverage.md lists the operations"
    return fault_invalid(
        f"there is no operation {target!r}: {hint} (a target is a root field of GraphQL such as "
        "createIssues, operation:NAME for the name of an operation in a document, graphql, query, "
        "mutation, version, upload, download, webhook, deploy or run)"
    )


def fault_member_unknown(name: str, nearest: str | None, known: str) -> KiliError:
    """A fault has a member that no fault has."""
    hint = f"did you mean {nearest!r}?" if nearest else f"there are: {known}"
    return fault_invalid(f"it has no member {name!r}: {hint}")


def fault_value_invalid(name: str, value: object, expected: str) -> KiliError:
    """A member of a fault has a value of the wrong type or out of range."""
    return fault_invalid(f"{name} is {value!r}, but must be {expected}")


def fault_member_not_for_target(name: str, target: str, allowed: str) -> KiliError:
    """A member has no meaning for the target of the fault."""
    return fault_invalid(f"{name} does not apply to {target!r}: for it, give {allowed}")


def fault_without_effect(allowed: str) -> KiliError:
    """A fault has no effect."""
    return fault_invalid(f"it has no effect: give one of {allowed}")


def fault_members_exclusive(names: str) -> KiliError:
    """A fault has members that contradict one another."""
    return fault_invalid(f"{names} exclude one another: give one of them, or add several faults")


def fault_member_needs(name: str, needed: str) -> KiliError:
    """A member of a fault has no meaning without another one."""
    return fault_invalid(f"{name} needs {needed}: add it, or leave {name} out")


def fault_not_found(fault_id: int, known: str) -> KiliError:
    """No fault of the world has this id."""
    return KiliError(
        f"there is no fault {fault_id} (there are: {known}): a reset removes all faults",
        BAD_USER_INPUT,
    )


def fault_preset_unknown(name: str, nearest: str | None, known: str) -> KiliError:
    """No ready-made set of faults has this name."""
    hint = f"did you mean {nearest!r}?" if nearest else f"there are: {known}"
    return KiliError(f"there is no ready-made set of faults {name!r}: {hint}", BAD_USER_INPUT)


CONTROL_FAULTS_INVALID = (
    'the body is invalid: send {"target": operation or route, …} with the members of a fault, or '
    '{"preset": name}'
)
CONTROL_FAULT_ID_INVALID = "the fault is not a number: give the id that the list of faults shows"
