"""Errors about projects: settings and json interfaces (ours)."""

from __future__ import annotations

from collections.abc import Iterable

from kili_emulator.errors.kili_error import KiliError, invalid_argument, not_emulated


def setting_immutable(operation: str, name: str) -> KiliError:
    """A setting that is fixed at the creation of the project is changed."""
    return invalid_argument(
        operation, f"{name} cannot change after the creation of the project: leave it out"
    )


def setting_out_of_range(operation: str, name: str, low: int, high: int) -> KiliError:
    """A setting is out of its range."""
    return invalid_argument(operation, f"{name} must be between {low} and {high}")


def metadata_property_invalid(operation: str, key: str, members: Iterable[str]) -> KiliError:
    """A metadata property has an unknown member."""
    return invalid_argument(
        operation, f'metadata property "{key}" takes only the members {", ".join(members)}'
    )


def metadata_flag_invalid(operation: str, key: str, flags: Iterable[str]) -> KiliError:
    """A flag of a metadata property is not a boolean."""
    return invalid_argument(
        operation, f'{", ".join(flags)} of metadata property "{key}" must be true or false'
    )


def project_type_mismatch(operation: str, project_type: str, input_type: str) -> KiliError:
    """A project type contradicts the input type."""
    return invalid_argument(
        operation, f"projectType {project_type} needs the inputType {input_type}"
    )


def pixel_labeling_not_geospatial(operation: str) -> KiliError:
    """A project that is not geospatial is to use pixel labeling."""
    return invalid_argument(operation, "pixelLabeling needs the inputType GEOSPATIAL")


def demo_arguments_not_allowed(operation: str, members: Iterable[str]) -> KiliError:
    """A demo project gets an input type, interface or mode, which it defines itself."""
    return invalid_argument(
        operation, f"fromDemoProject defines these itself: leave out {', '.join(members)}"
    )


def workflows_differ(operation: str) -> KiliError:
    """Labels are copied into a project with different steps."""
    return invalid_argument(
        operation,
        "the projects have different workflows: copy the labels into a copy of the source project",
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
INTERFACE_CYCLE = "these jobs are sub-jobs of themselves, directly or indirectly: {jobs}"


def input_type_retired(input_type: str) -> KiliError:
    """A project gets an input type that the platform no longer offers."""
    return not_emulated(
        "createProject",
        f"the input type {input_type}, which the platform no longer offers,",
        "choose another one, such as IMAGE, TEXT, PDF or VIDEO",
    )
