"""Draw the media of the demo projects: pictures, frames of a video, and small PDF documents.

    python seed_data/make_demo_media.py

writes ``demo/media/*`` next to this file, with the same bytes every time. The stored media come
from this script and are part of the project, under its licence; run the script only to change them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from make_media import (
    BLACK,
    BLUE,
    DEEP,
    GLASS,
    GREEN,
    GREY,
    ORANGE,
    RED,
    RIM,
    SAND,
    SKY,
    TEAL,
    WATER,
    WHITE,
    YELLOW,
    Colour,
    Picture,
)

# Letters of five by seven dots: one number per row, its bits from left to right.
FONT = {
    "A": "0E1111111F1111", "B": "1E11111E11111E", "C": "0E11101010110E", "D": "1E11111111111E",
    "E": "1F10101E10101F", "F": "1F10101E101010", "G": "0E11101711110E", "H": "1111111F111111",
    "I": "0E04040404040E", "K": "11121418141211", "L": "1010101010101F", "M": "111B1515111111",
    "N": "11191513111111", "O": "0E11111111110E", "P": "1E11111E101010", "R": "1E11111E141211",
    "S": "0F10100E01011E", "T": "1F040404040404", "U": "1111111111110E", "V": "11111111110A04",
    "W": "11111115151B11", "X": "11110A040A1111", "Y": "11110A04040404", "Z": "1F01020408101F",
    "0": "0E11131519110E", "1": "040C040404040E", "2": "0E11010204081F", "3": "1F02040201110E",
    "4": "02060A121F0202", "5": "1F101E0101110E", "6": "0608101E11110E", "7": "1F010204080808",
    "8": "0E11110E11110E", "9": "0E11110F01020C", ".": "00000000000C0C", "-": "0000001F000000",
}  # fmt: skip


def write(picture: Picture, left: float, top: float, text: str, dot: float) -> None:
    """Write a line of capital letters and digits; ``dot`` is the width of a dot in pixels."""
    for place, letter in enumerate(text):
        glyph = FONT.get(letter)
        for row in range(7) if glyph else ():
            bits = int(glyph[2 * row : 2 * row + 2], 16)
            for column in range(5):
                if bits >> (4 - column) & 1:
                    x, y = left + (6 * place + column) * dot, top + row * dot
                    picture.rectangle((x, y, dot, dot), BLACK)


def bottle(picture: Picture, x: float, y: float, width: float, colour: Colour) -> None:
    """Draw a plastic bottle that lies on its side."""
    picture.ellipse((x, y, width * 0.3, width * 0.34), colour)
    picture.rectangle((x + width * 0.14, y, width * 0.52, width * 0.34), colour)
    picture.rectangle((x + width * 0.3, y, width * 0.2, width * 0.34), WHITE)
    picture.ellipse((x + width * 0.5, y, width * 0.3, width * 0.34), colour)
    picture.rectangle((x + width * 0.7, y + width * 0.12, width * 0.2, width * 0.1), colour)
    picture.rectangle((x + width * 0.88, y + width * 0.09, width * 0.1, width * 0.16), RED)


def beach() -> Picture:
    """Draw three bottles on a beach."""
    picture = Picture(SKY, SAND)
    picture.rectangle((0, 60, 320, 50), WATER)
    picture.rectangle((0, 110, 320, 130), SAND)
    bottle(picture, 30, 140, 80, TEAL)
    bottle(picture, 180, 125, 64, GLASS)
    bottle(picture, 130, 185, 92, GREEN)
    return picture


def river() -> Picture:
    """Draw two bottles and a can in a river."""
    picture = Picture(WATER, DEEP)
    picture.ellipse((-80, -60, 480, 110), GREEN)
    bottle(picture, 50, 90, 84, GLASS)
    bottle(picture, 190, 160, 96, TEAL)
    picture.rectangle((70, 180, 30, 44), RIM)
    picture.rectangle((70, 190, 30, 20), BLUE)
    return picture


def card(name: str, number: str, shirt: Colour) -> Picture:
    """Draw a card with a portrait, a name and a number."""
    picture = Picture(GREY, GREY)
    picture.rectangle((15, 30, 290, 180), WHITE)
    picture.rectangle((15, 30, 290, 32), GLASS)
    write(picture, 26, 39, "MEMBER CARD", 2)
    picture.rectangle((28, 80, 80, 110), RIM)
    picture.ellipse((48, 92, 40, 46), SAND)
    picture.ellipse((38, 144, 60, 80), shirt)
    picture.rectangle((28, 190, 80, 20), WHITE)
    picture.rectangle((28, 210, 80, 20), GREY)
    write(picture, 122, 92, name, 2.5)
    write(picture, 122, 138, number, 2.5)
    return picture


def receipt() -> Picture:
    """Draw a receipt."""
    picture = Picture(GREY, GREY)
    picture.rectangle((60, 8, 200, 224), WHITE)
    lines = ("CORNER SHOP", "", "TEA      3.20", "BREAD    2.80", "", "TOTAL    6.00")
    for place, line in enumerate(lines):
        write(picture, 76, 24 + 32 * place, line, 2)
    return picture


def sign() -> Picture:
    """Draw a road sign."""
    picture = Picture(SKY, GREEN)
    picture.rectangle((152, 120, 16, 120), GREY)
    picture.rectangle((40, 40, 240, 90), BLUE)
    picture.rectangle((46, 46, 228, 78), WHITE)
    write(picture, 62, 58, "STATION", 4.5)
    write(picture, 62, 98, "500 M", 2.5)
    return picture


def ball(step: int) -> Picture:
    """Draw one frame of a video in which a ball rolls to the right, and another one falls."""
    picture = Picture(SKY, WHITE)
    picture.rectangle((0, 180, 320, 60), GREEN)
    picture.ellipse((20 + 70 * step, 140, 44, 44), ORANGE)
    picture.ellipse((240, 10 + 40 * step, 30, 30), YELLOW)
    return picture


def pdf(*lines: str) -> bytes:
    """Return a PDF document of one page with these lines."""
    shown = "".join(f"({line}) Tj T*\n" for line in lines)
    text = f"BT /F1 14 Tf 22 TL 60 760 Td\n{shown}ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Font << /F1 5 0 R >> >>",
    )
    document, places = "%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(document))
        document += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    end = f"trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{len(document)}\n%%EOF\n"
    return f"{document}xref\n0 {count}\n0000000000 65535 f \n{table}{end}".encode("ascii")


PICTURES: dict[str, Callable[[], Picture]] = {
    "beach": beach,
    "river": river,
    "card-1": lambda: card("IDA BERG", "4711-08", RED),
    "card-2": lambda: card("TOM FELD", "2026-15", BLUE),
    "receipt": receipt,
    "sign": sign,
    **{f"ball-{step}": lambda step=step: ball(step) for step in range(4)},
}
DOCUMENTS = {
    "letter": (
        "Lakeside Rowing Club", "", "Dear members,",
        "the boat house opens again on the first of May.",
        "Please bring your own oars.", "", "Ida Berg, secretary",
    ),
    "invoice": (
        "Corner Shop", "Invoice 2026-15", "", "12 boxes of tea      38.40",
        "4 bags of flour       9.60", "", "Total                48.00",
    ),
}  # fmt: skip


def main() -> None:
    """Write all media."""
    folder = Path(__file__).parent / "demo" / "media"
    for name, draw in PICTURES.items():
        (folder / f"{name}.png").write_bytes(draw().png())
    for name, lines in DOCUMENTS.items():
        (folder / f"{name}.pdf").write_bytes(pdf(*lines))


if __name__ == "__main__":
    main()
