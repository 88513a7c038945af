"""Checks of the entities that people mark in invoices."""

import re
from datetime import date


def problem(annotation):
    """Return why the text of an annotation does not fit its category; ``None`` if it fits."""
    (category, *_) = annotation["categories"]
    check = CHECKS.get(category["name"])
    return check(annotation["content"]) if check else None


def problem_of_iban(text):
    """Check the form and the check digits of an IBAN: as a number, it is 1 modulo 97."""
    compact = text.replace(" ", "").upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", compact):
        return f"{text!r} does not look like an IBAN"
    digits = "".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])
    return None if int(digits) % 97 == 1 else f"The check digits of {text!r} are wrong"


def problem_of_date(text):
    """Check that a text is an existing date in the form 2024-02-29."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return f"{text!r} is no date"
    return None


CHECKS = {"IBAN": problem_of_iban, "DATE": problem_of_date}
