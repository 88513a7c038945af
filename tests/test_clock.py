"""Times: written format, accepted notations, and the clock of a world."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from freezegun import freeze_time

from kili_emulator import Emulator, clock
from kili_emulator.clock import Clock
from kili_emulator.domain.consistency import find_inconsistencies

UTC = timezone.utc
MOMENT = datetime(2023, 1, 16, 11, 0, 36, 691_000, tzinfo=UTC)
TEXT = "2023-01-16T11:00:36.691Z"


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (MOMENT, TEXT),
        (MOMENT.replace(microsecond=0), "2023-01-16T11:00:36.000Z"),
        (MOMENT.replace(microsecond=7_000), "2023-01-16T11:00:36.007Z"),
        (MOMENT.replace(microsecond=999_999), "2023-01-16T11:00:36.999Z"),
        (MOMENT.replace(year=1), "0001-01-16T11:00:36.691Z"),
        (MOMENT.astimezone(timezone(timedelta(hours=5, minutes=30))), TEXT),
        (MOMENT.astimezone(timezone(-timedelta(hours=12))), TEXT),
    ],
)
def test_time_is_written_in_utc_with_three_decimals(moment: datetime, text: str) -> None:
    assert clock.format_time(moment) == text


def test_written_time_has_the_format_that_clients_parse() -> None:
    text = clock.format_time(MOMENT)

    assert datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC) == MOMENT


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.lower().replace("t", "T"),
        f"  {TEXT}\n",
        "2023-01-16T11:00:36.691",
        "2023-01-16 11:00:36.691",
        "2023-01-16T11:00:36.691+00:00",
        "2023-01-16T11:00:36.691+00:00Z",
        "2023-01-16T13:00:36.691+02:00",
        "2023-01-16T13:00:36.691+02:00Z",
        "2023-01-16T05:30:36.691-05:30",
    ],
)
def test_all_notations_of_a_moment_are_read_alike(text: str) -> None:
    assert clock.parse_time(text) == MOMENT


@pytest.mark.parametrize("text", ["2023-01-16", " 2023-01-16\n", "2023-01-16Z"])
def test_end_of_a_date_is_its_last_millisecond(text: str) -> None:
    assert clock.format_time(clock.parse_end_time(text)) == "2023-01-16T23:59:59.999Z"


@pytest.mark.parametrize("text", [TEXT, "2023-01-16T00:00", "2023-01-16T02:00+02:00"])
def test_end_of_a_moment_is_the_moment(text: str) -> None:
    assert clock.parse_end_time(text) == clock.parse_time(text)


@pytest.mark.parametrize("text", ["2023-01-16", "2023-01-16Z", "2023-01-16T00:00"])
def test_date_is_read_as_midnight_in_utc(text: str) -> None:
    assert clock.parse_time(text) == datetime(2023, 1, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fraction", "microseconds"),
    [
        ("", 0),
        (".6", 600_000),
        (".69", 690_000),
        (".691", 691_000),
        (".6912", 691_200),
        (".691234", 691_234),
        (".691234567", 691_234),
    ],
)
@pytest.mark.parametrize("zone", ["", "Z", "+00:00", "+00:00Z", "+01:00"])
def test_fraction_of_any_number_of_digits_is_read(
    fraction: str, microseconds: int, zone: str
) -> None:
    moment = clock.parse_time(f"2023-01-16T11:00:36{fraction}{zone}")

    hour = 10 if "01:00" in zone else 11
    assert moment == MOMENT.replace(hour=hour, microsecond=microseconds)


@pytest.mark.parametrize(
    "text", ["2023-01-16", TEXT, "2023-01-16T11:00:36.691", "2023-01-16T11:00+05:30"]
)
def test_parsed_time_has_a_time_zone(text: str) -> None:
    assert clock.parse_time(text).utcoffset() == timedelta()


@pytest.mark.parametrize("text", ["", "Z", "yesterday", "2023-13-01", "16/01/2023", "1673866836"])
def test_text_that_is_not_a_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        clock.parse_time(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-00:01"])
def test_time_out_of_range_in_utc_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{text[:4]}.* in UTC$"):
        clock.parse_time(text)


def test_written_time_is_read_back() -> None:
    assert clock.format_time(clock.parse_time(TEXT)) == TEXT


def test_clock_gives_the_system_time_cut_to_milliseconds() -> None:
    with freeze_time("2023-01-16 11:00:36.691999"):
        assert Clock().now() == MOMENT


def test_clock_runs_on_from_the_moment_to_which_it_was_turned() -> None:
    with freeze_time("2023-01-16 11:00:36.691"):
        state = Clock().turned(moment=MOMENT - timedelta(days=1))
        assert Clock(state).now() == MOMENT - timedelta(days=1)


def test_frozen_time_advances_by_ticks() -> None:
    with freeze_time("2023-01-16 11:00:36.691") as frozen:
        frozen.tick(timedelta(seconds=1.5))

        assert clock.format_time(Clock().now()) == "2023-01-16T11:00:38.191Z"


def test_monotonic_never_decreases() -> None:
    readings = [clock.monotonic() for _ in range(100)]

    assert readings == sorted(readings)


@pytest.mark.parametrize("step", [timedelta(seconds=-2), timedelta(seconds=-59)])
def test_time_stands_still_while_the_system_catches_up(step: timedelta) -> None:
    with freeze_time(MOMENT) as frozen:
        world_clock = Clock()
        world_clock.state = world_clock.turned(moment=MOMENT + timedelta(days=1))
        before = world_clock.now()
        frozen.tick(step)
        assert world_clock.now() == before
        frozen.tick(-step)
        assert world_clock.now() == before
        frozen.tick(1)
        assert world_clock.now() == before + timedelta(seconds=1)


def test_long_step_back_of_the_system_is_followed() -> None:
    world_clock = Clock()
    with freeze_time(MOMENT) as frozen:
        world_clock.now()
        frozen.tick(timedelta(minutes=-2))
        assert world_clock.now() == MOMENT - timedelta(minutes=2)


@pytest.mark.parametrize("step", [timedelta(seconds=-2), timedelta(days=-1)])
def test_world_stays_consistent_when_the_clock_is_set_back(
    kili_emulator: Emulator, step: timedelta
) -> None:
    world = kili_emulator.world
    project = world.view.projects.all()[0]["id"]
    with freeze_time(Clock().now()) as frozen:
        first = kili_emulator.submit(project)
        frozen.tick(step)
        second = kili_emulator.submit(project, first["assetId"], correct=True)
        mark = kili_emulator.mark()
        frozen.tick(step)
        kili_emulator.submit(project, first["assetId"], correct=True)
        assert find_inconsistencies(world.documents.snapshot) == []
        kili_emulator.reset(mark)
    assert first["labelId"]
    assert second["labelId"]
    positions = [world.view.labels.position(each) for each in (first["labelId"], second["labelId"])]
    assert positions == sorted(positions)
    if step == timedelta(seconds=-2):
        assert world.view.labels.require(second["labelId"])["isLatestLabelForUser"]
