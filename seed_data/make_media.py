"""Draw the images of the default scenario: flat, friendly scenes with objects to count.

    python seed_data/make_media.py

writes ``media/*.png`` next to this file, with the same pixels every time, and prints the rectangle
around each object, in the form that ``default.yaml`` uses. The stored images come from this script
and are part of the project, under its licence; run the script only to change them.
"""

from __future__ import annotations

import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

WIDTH, HEIGHT = 320, 240
SMOOTHING = 3  # images are drawn this many times larger, then averaged, for smooth edges

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]  # left, top, width, height, in pixels

WHITE, BLACK, ORANGE = (250, 250, 245), (40, 42, 48), (240, 140, 50)
GLASS, RIM, GREY, SAND = (190, 225, 240), (200, 204, 210), (120, 125, 132), (235, 215, 165)
RED, BLUE, YELLOW = (214, 69, 65), (58, 110, 190), (245, 200, 66)
GREEN, TEAL, VIOLET = (90, 160, 90), (60, 160, 160), (130, 95, 170)
SKY, GRASS, WATER, DEEP = (178, 220, 240), (140, 195, 110), (110, 180, 215), (70, 130, 185)
LEAVES, WOOD = (70, 130, 75), (120, 85, 55)


class Picture:
    """A canvas, with the boxes of the objects to count."""

    def __init__(self, top: Colour, bottom: Colour) -> None:
        rows, columns = HEIGHT * SMOOTHING, WIDTH * SMOOTHING
        share = np.linspace(0, 1, rows)[:, None, None]
        shade = np.array(top) * (1 - share) + np.array(bottom) * share
        self._pixels = np.broadcast_to(shade, (rows, columns, 3)).copy()
        y, x = np.mgrid[0:rows, 0:columns]
        self._x, self._y = (x + 0.5) / SMOOTHING, (y + 0.5) / SMOOTHING
        self.boxes: list[tuple[str, Box]] = []

    def rectangle(self, box: Box, colour: Colour) -> None:
        left, top, width, height = box
        across = (self._x >= left) & (self._x < left + width)
        self._pixels[across & (self._y >= top) & (self._y < top + height)] = colour

    def ellipse(self, box: Box, colour: Colour) -> None:
        left, top, width, height = box
        x = (self._x - left - width / 2) / (width / 2)
        y = (self._y - top - height / 2) / (height / 2)
        self._pixels[x**2 + y**2 <= 1] = colour

    def polygon(self, points: list[tuple[float, float]], colour: Colour) -> None:
        """Fill a convex polygon, whose corners are in clockwise order."""
        inside = np.ones(self._x.shape, dtype=bool)
        for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True):
            inside &= (x2 - x1) * (self._y - y1) - (y2 - y1) * (self._x - x1) >= 0
        self._pixels[inside] = colour

    def png(self) -> bytes:
        """Return the image as the bytes of a PNG file."""
        shape = (HEIGHT, SMOOTHING, WIDTH, SMOOTHING, 3)
        pixels = self._pixels.reshape(shape).mean(axis=(1, 3)).round().astype(np.uint8)
        before = np.vstack([np.zeros_like(pixels[:1]), pixels[:-1]])
        differences = (pixels - before).reshape(HEIGHT, -1)  # PNG's filter 2, "up"
        rows = np.hstack([np.full((HEIGHT, 1), 2, np.uint8), differences]).tobytes()
        header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
        chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")]
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def car(picture: Picture, x: float, y: float, width: float, colour: Colour) -> None:
    """Draw a car from the side (OBJECT_A)."""
    unit = width / 100

    def at(left: float, top: float, w: float, h: float) -> Box:
        return (x + left * unit, y + top * unit, w * unit, h * unit)

    def corner(left: float, top: float) -> tuple[float, float]:
        return (x + left * unit, y + top * unit)

    picture.polygon([corner(28, 0), corner(66, 0), corner(82, 22), corner(16, 22)], colour)
    picture.polygon([corner(30, 4), corner(45, 4), corner(45, 20), corner(22, 20)], GLASS)
    picture.polygon([corner(49, 4), corner(64, 4), corner(75, 20), corner(49, 20)], GLASS)
    picture.rectangle(at(4, 20, 92, 20), colour)
    picture.ellipse(at(0, 20, 16, 20), colour)
    picture.ellipse(at(84, 20, 16, 20), colour)
    picture.ellipse(at(91, 23, 7, 7), YELLOW)
    for wheel in (14, 64):
        picture.ellipse(at(wheel, 28, 22, 22), BLACK)
        picture.ellipse(at(wheel + 6, 34, 10, 10), RIM)
    picture.boxes.append(("OBJECT_A", at(0, 0, 100, 50)))


def sheep(picture: Picture, x: float, y: float, width: float) -> None:
    """Draw a sheep from the side (OBJECT_B)."""
    unit = width / 100

    def at(left: float, top: float, w: float, h: float) -> Box:
        return (x + left * unit, y + top * unit, w * unit, h * unit)

    for leg in (24, 36, 58, 70):
        picture.rectangle(at(leg, 50, 6, 25), BLACK)
    for left, top in ((8, 14), (30, 4), (50, 6), (14, 26), (36, 26), (54, 24)):
        picture.ellipse(at(left, top, 36, 34), WHITE)
    picture.ellipse(at(74, 10, 26, 30), BLACK)
    picture.ellipse(at(76, 2, 18, 14), WHITE)
    picture.ellipse(at(88, 18, 6, 6), WHITE)
    picture.boxes.append(("OBJECT_B", at(8, 2, 92, 73)))


def duck(picture: Picture, x: float, y: float, width: float) -> None:
    """Draw a duck on the water (OBJECT_B)."""
    unit = width / 100

    def at(left: float, top: float, w: float, h: float) -> Box:
        return (x + left * unit, y + top * unit, w * unit, h * unit)

    picture.ellipse(at(4, 62, 80, 20), DEEP)
    picture.ellipse(at(78, 20, 22, 12), ORANGE)
    picture.ellipse(at(0, 34, 84, 42), YELLOW)
    picture.ellipse(at(48, 2, 38, 38), YELLOW)
    picture.rectangle(at(52, 26, 24, 20), YELLOW)
    picture.ellipse(at(14, 42, 44, 22), ORANGE)
    picture.ellipse(at(70, 13, 7, 7), BLACK)
    picture.boxes.append(("OBJECT_B", at(0, 2, 100, 80)))


def fish(picture: Picture, x: float, y: float, width: float, colour: Colour) -> None:
    """Draw a fish (OBJECT_B)."""
    unit = width / 100

    def at(left: float, top: float, w: float, h: float) -> Box:
        return (x + left * unit, y + top * unit, w * unit, h * unit)

    tail = [(x, y + 4 * unit), (x + 40 * unit, y + 25 * unit), (x, y + 46 * unit)]
    picture.polygon(tail, colour)
    picture.ellipse(at(22, 0, 78, 50), colour)
    picture.ellipse(at(48, 4, 9, 42), WHITE)
    picture.ellipse(at(78, 13, 12, 12), WHITE)
    picture.ellipse(at(82, 16, 6, 6), BLACK)
    picture.boxes.append(("OBJECT_B", at(0, 0, 100, 50)))


def tree(picture: Picture, x: float, y: float) -> None:
    """Draw a tree, which is not an object to count."""
    picture.rectangle((x + 17, y + 35, 8, 35), WOOD)
    picture.ellipse((x, y, 42, 48), LEAVES)


def street() -> Picture:
    """Draw three cars on a road."""
    picture = Picture(SKY, WHITE)
    for left, top, colour in ((0, 60, SAND), (95, 35, RIM), (215, 70, SAND)):
        picture.rectangle((left, top, 90, 120 - top + 40), colour)
        for window in range(3):
            picture.rectangle((left + 14 + 25 * window, top + 15, 12, 18), GLASS)
            picture.rectangle((left + 14 + 25 * window, top + 50, 12, 18), GLASS)
    picture.rectangle((0, 140, 320, 100), GREY)
    for left in range(10, 320, 64):
        picture.rectangle((left, 186, 34, 5), WHITE)
    car(picture, 20, 132, 80, RED)
    car(picture, 216, 134, 78, BLUE)
    car(picture, 110, 186, 92, YELLOW)
    return picture


def pond() -> Picture:
    """Draw four ducks on a pond."""
    picture = Picture(GRASS, (115, 175, 95))
    picture.ellipse((-30, 50, 380, 230), SAND)
    picture.ellipse((-20, 60, 360, 230), WATER)
    tree(picture, 20, 4)
    tree(picture, 258, 0)
    duck(picture, 60, 84, 60)
    duck(picture, 190, 80, 56)
    duck(picture, 110, 140, 72)
    duck(picture, 222, 150, 76)
    return picture


def meadow() -> Picture:
    """Draw five sheep on a meadow."""
    picture = Picture(SKY, WHITE)
    picture.ellipse((-120, 75, 360, 200), (125, 185, 105))
    picture.ellipse((100, 85, 380, 200), GRASS)
    picture.rectangle((0, 150, 320, 90), GRASS)
    picture.ellipse((262, 14, 38, 38), YELLOW)
    tree(picture, 18, 40)
    for x, y, width in (
        (84, 92, 50),
        (210, 104, 54),
        (20, 150, 70),
        (128, 164, 78),
        (236, 168, 72),
    ):
        sheep(picture, x, y, width)
    return picture


def farm() -> Picture:
    """Draw two cars and two sheep at a farm."""
    picture = Picture(SKY, WHITE)
    picture.rectangle((0, 110, 320, 130), GRASS)
    picture.polygon([(30, 60), (80, 26), (130, 60)], WOOD)
    picture.rectangle((38, 60, 84, 62), RED)
    picture.rectangle((64, 82, 32, 40), WHITE)
    tree(picture, 250, 52)
    picture.polygon([(0, 140), (320, 126), (320, 164), (0, 178)], SAND)
    car(picture, 36, 124, 74, TEAL)
    car(picture, 190, 116, 76, VIOLET)
    sheep(picture, 70, 178, 66)
    sheep(picture, 204, 174, 72)
    return picture


def car_park() -> Picture:
    """Draw six cars in a car park."""
    picture = Picture((150, 154, 160), GREY)
    for top in (8, 124):
        for left in (4, 108, 212, 314):
            picture.rectangle((left, top, 3, 104), WHITE)
    colours = [RED, BLUE, YELLOW, GREEN, VIOLET, WHITE]
    for number, colour in enumerate(colours):
        car(picture, 16 + 104 * (number % 3), 38 + 116 * (number // 3), 82, colour)
    return picture


def aquarium() -> Picture:
    """Draw seven fish in an aquarium."""
    picture = Picture(WATER, DEEP)
    picture.ellipse((-60, 205, 440, 90), SAND)
    for left, height in ((30, 70), (48, 46), (268, 84), (288, 56)):
        picture.ellipse((left, 222 - height, 10, height), GREEN)
    places = [(24, 26), (128, 18), (230, 44), (70, 84), (172, 96), (96, 150), (206, 156)]
    colours = [ORANGE, RED, YELLOW, VIOLET, ORANGE, TEAL, RED]
    for (x, y), colour in zip(places, colours, strict=True):
        fish(picture, x, y, 64, colour)
    return picture


SCENES: tuple[Callable[[], Picture], ...] = (street, pond, meadow, farm, car_park, aquarium)


def rectangle_text(category: str, box: Box) -> str:
    """Format a box as in ``default.yaml``: its corners as fractions of width and height."""
    left, top, width, height = box
    x = [f"{value / WIDTH:.3f}" for value in (left, left + width)]
    y = [f"{value / HEIGHT:.3f}" for value in (top, top + height)]
    corners = [(x[0], y[1]), (x[0], y[0]), (x[1], y[0]), (x[1], y[1])]
    vertices = ", ".join(f"{{x: {each_x}, y: {each_y}}}" for each_x, each_y in corners)
    return f"{category}: [{vertices}]"


def main() -> None:
    """Write all images and print their boxes."""
    folder = Path(__file__).parent / "media"
    for draw in SCENES:
        picture = draw()
        name = f"{draw.__name__.replace('_', '-')}.png"
        (folder / name).write_bytes(picture.png())
        lines = [f"  {rectangle_text(*each)}" for each in picture.boxes]
        sys.stdout.write("\n".join([name, *lines, ""]))


if __name__ == "__main__":
    main()
