"""Settings of projects: their validation, limits and stored form."""

from __future__ import annotations

from typing import Any

import pytest

from kili_emulator.errors import KiliError
from kili_emulator.rules.project_rights import rights
from kili_emulator.rules.project_settings import (
    geospatial_settings,
    input_type_of,
    validate_settings,
)

DEFAULT = {
    "filterable": True,
    "type": "string",
    "visibleByLabeler": True,
    "visibleByReviewer": True,
}


def kept(**data: Any) -> dict[str, Any]:
    return validate_settings("updatePropertiesInProject", data, "IMAGE")


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("consensusTotCoverage", 0, 100),
        ("minConsensusSize", 1, 10),
        ("reviewCoverage", 0, 100),
        ("secondsToLabelBeforeAutoAssign", 0, 2**31 - 1),
    ],
)
def test_number_is_accepted_within_its_bounds_and_refused_outside(
    name: str, low: int, high: int
) -> None:
    for value in (low, high):
        assert kept(**{name: value}) == {name: value}
    for value in (low - 1, high + 1):
        with pytest.raises(KiliError, match=f"{name} must be between {low} and {high}"):
            kept(**{name: value})


def test_missing_metadata_properties_get_defaults() -> None:
    given = {"a": {}, "b": {"type": "number", "filterable": False}}
    assert kept(metadataProperties=given) == {
        "metadataProperties": {
            "a": DEFAULT,
            "b": {**DEFAULT, "type": "number", "filterable": False},
        }
    }


@pytest.mark.parametrize("type_", ["colour", None, ["number"], 3])
def test_metadata_of_an_unknown_type_become_strings(type_: Any) -> None:
    expected = {"metadataProperties": {"a": DEFAULT}}
    assert kept(metadataTypes={"a": type_}) == expected
    assert kept(metadataProperties={"a": {"type": type_}}) == expected


def test_metadata_properties_override_metadata_types() -> None:
    both = kept(metadataTypes={"a": "number"}, metadataProperties={"b": {"type": "date"}})
    assert both == {"metadataProperties": {"b": {**DEFAULT, "type": "date"}}}


def test_metadata_keys_have_the_order_of_the_platform_database() -> None:
    given = dict.fromkeys(["ccc", "b", "aa", "ab", "é"], "string")
    assert list(kept(metadataTypes=given)["metadataProperties"]) == ["b", "aa", "ab", "é", "ccc"]


@pytest.mark.parametrize(
    ("project_type", "input_type", "found"),
    [
        (None, None, "IMAGE"),
        (None, "PDF", "PDF"),
        ("TEXT_NER", None, "TEXT"),
        ("TEXT_NER", "TEXT", "TEXT"),
        ("PDF_NAMED_ENTITY_RECOGNITION", None, "PDF"),
        ("OCR", None, "IMAGE"),
        ("SPEECH_TO_TEXT", None, "AUDIO"),
        ("VIDEO_FRAME_CLASSIFICATION", None, "VIDEO"),
        ("VIDEO_FRAME_CLASSIFICATION", "VIDEO_LEGACY", "VIDEO_LEGACY"),
    ],
)
def test_project_type_implies_an_input_type(
    project_type: str | None, input_type: str | None, found: str
) -> None:
    assert input_type_of("createProject", input_type, project_type) == found


def test_a_project_type_must_agree_with_the_input_type() -> None:
    with pytest.raises(KiliError, match="projectType OCR needs the inputType IMAGE"):
        input_type_of("createProject", "TEXT", "OCR")


def test_only_geospatial_projects_are_labeled_in_pixels() -> None:
    def settings(input_type: str, *, pixel_labeling: bool) -> dict[str, Any] | None:
        return geospatial_settings("createProject", input_type, pixel_labeling=pixel_labeling)

    assert settings("GEOSPATIAL", pixel_labeling=True) == {"labelingCRSCode": "PIXEL"}
    assert settings("GEOSPATIAL", pixel_labeling=False) is None
    assert settings("IMAGE", pixel_labeling=False) is None
    with pytest.raises(KiliError, match="needs the inputType GEOSPATIAL"):
        settings("IMAGE", pixel_labeling=True)


def test_rights_depend_on_role_and_input_type() -> None:
    assert rights("TEAM_MANAGER", "PDF") == ["CAN_LABEL", "CREATE_PDF", "USE_API"]
    assert rights("REVIEWER", "PDF") == ["CAN_LABEL", "USE_API"]
    assert rights("ADMIN", "GEOSPATIAL") == ["CAN_LABEL", "USE_API"]
