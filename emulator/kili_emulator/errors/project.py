"""What is refused about projects: settings and json interfaces (ours)."""

from __future__ import annotations

from collections.abc import Iterable

from kili_emulator.errors.kili_error import KiliError, invalid_argument, not_emulated


def setting_immutable(operation: str, name: str) -> KiliError:
    """A setting cannot change any more."""
    return invalid_argument(operation, f"{name} is fixed when the project is created")


def setting_out_of_range(operation: str, name: str, low: int, high: int) -> KiliError:
    """A setting is out of its range."""
    return invalid_argument(operation, f"{name} must be between {low} and {high}")


def metadata_property_invalid(operation: str, key: str, members: Iterable[str]) -> KiliError:
    """A metadata property has a member that it cannot have."""
    return invalid_argument(
        operation, f'metadata property "{key}" takes the members {", ".join(members)}'
    )


def metadata_flag_invalid(operation: str, key: str, flags: Iterable[str]) -> KiliError:
    """A metadata property says neither yes nor no."""
    return invalid_argument(
        operation, f'{", ".join(flags)} of metadata "{key}" must be true or false'
    )


def project_type_mismatch(operation: str, project_type: str, input_type: str) -> KiliError:
    """A project type contradicts the input type."""
    return invalid_argument(
        operation, f"projectType {project_type} needs the inputType {input_type}"
    )


def pixel_labeling_not_geospatial(operation: str) -> KiliError:
    """Only geospatial projects can be labeled in pixels."""
    return invalid_argument(operation, "pixelLabeling needs the inputType GEOSPATIAL")


def demo_arguments_not_allowed(operation: str, members: Iterable[str]) -> KiliError:
    """A demo project brings its own input type, interface and mode."""
    return invalid_argument(
        operation, f"fromDemoProject brings its own: leave out {', '.join(members)}"
    )


def workflows_differ(operation: str) -> KiliError:
    """Labels cannot be copied into a project whose steps are others."""
    return invalid_argument(
        operation, "the projects have different workflows: copy into a copy of the first"
    )


def json_interface_malformed(operation: str, detail: str) -> KiliError:
    """A json interface has the wrong form; see ``INTERFACE_…`` for the details."""
    return invalid_argument(operation, f"jsonInterface: {detail}")


INTERFACE_NOT_JSON = "it is not valid JSON: {reason}"
INTERFACE_NO_JOBS = 'it must be an object with a member "jobs": {name: job}'
INTERFACE_BAD_JOB = 'job "{job}" must be an object with an "mlTask"'
INTERFACE_UNKNOWN_TASK = 'job "{job}" has the mlTask "{task}", which is none of {known}'
INTERFACE_BAD_TOOLS = 'job "{job}" must have a list of tools, each one of {known}'
INTERFACE_BAD_CATEGORIES = 'job "{job}" must have categories of the form {{code: {{…}}}}'
INTERFACE_BAD_TEXTS = '"{member}" of category "{where}" must be a list of texts'
INTERFACE_BAD_POINTS = '"points" of category "{where}" must be a list of {{code, name}}'
INTERFACE_UNKNOWN_CHILD = 'job "{job}" has the sub-job "{child}", which does not exist'
INTERFACE_CYCLE = "these jobs are, or have, sub-jobs of themselves: {jobs}"


def input_type_retired(input_type: str) -> KiliError:
    """A project is to have an input type that clients know by name only."""
    return not_emulated(
        "createProject",
        f"the input type {input_type}, which the platform offers no more,",
        "choose another, such as IMAGE, TEXT, PDF or VIDEO",
    )
