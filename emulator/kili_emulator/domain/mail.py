"""Mails to users: the emulator stores them in the world instead of sending them."""

from __future__ import annotations

from kili_emulator.domain.documents import MailDoc, UserDoc
from kili_emulator.domain.world import Transaction


def send(tx: Transaction, user: UserDoc, subject: str, text: str) -> MailDoc:
    """Store a mail to a user; ``world.view.mails`` and the export of the world show it."""
    return tx.mails.insert(
        {
            "id": tx.new_id(),
            "userId": user["id"],
            "to": user["email"],
            "subject": subject,
            "text": text,
            "createdAt": tx.now,
        }
    )
