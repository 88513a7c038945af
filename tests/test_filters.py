"""What the conditions of a list mean (contract §3, §5.4)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest


@pytest.fixture
def project(kili: Any) -> str:
    return str(kili.projects(fields=["id"])[0]["id"])


# Dates


@pytest.mark.parametrize(
    ("noun", "member"),
    [
        ("assets", "created_at"),
        ("assets", "updated_at"),
        ("assets", "label_created_at"),
        ("labels", "created_at"),
        ("projects", "updated_at"),
    ],
)
def test_a_date_ends_with_its_day_and_begins_with_it(
    kili: Any, project: str, noun: str, member: str
) -> None:
    def count(**limits: date) -> int:
        conditions = {f"{member}_{limit}": str(day) for limit, day in limits.items()}
        where = {} if noun == "projects" else {"project_id": project}
        return int(getattr(kili, f"count_{noun}")(**where, **conditions))

    (found,) = kili.projects(project, fields=["updatedAt"])
    today = date.fromisoformat(found["updatedAt"][:10])
    day = timedelta(days=1)

    assert count(lte=today) == count(gte=today, lte=today) == count(gte=today) > 0
    assert count(lte=today - day) == count(gte=today + day) == 0


def test_a_moment_ends_where_it_begins(kili: Any, project: str) -> None:
    (first, *_) = kili.labels(project, fields=["createdAt"])
    moment = first["createdAt"]
    midnight = f"{moment[:10]}T00:00:00Z"

    assert kili.count_labels(project, created_at_lte=moment) >= 1
    assert kili.count_labels(project, created_at_lte=midnight) == 0
    assert kili.count_labels(project, created_at=moment[:10]) == kili.count_labels(project)


def test_events_of_a_day_are_those_until_its_end(kili: Any, project: str) -> None:
    kili.update_properties_in_project(project, title="Changed")
    events = kili.events.list(project, fields=["id", "createdAt"])
    today = events[-1]["createdAt"][:10]

    assert kili.events.list(project, fields=["id"], created_at_lte=today) == [
        {"id": each["id"]} for each in events
    ]
