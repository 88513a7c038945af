"""Mails: what the platform would send to people. Here it is kept in the world, and not sent."""

from __future__ import annotations

from kili_emulator.domain.documents import MailDoc, UserDoc
from kili_emulator.domain.world import Transaction


def send(tx: Transaction, user: UserDoc, subject: str, text: str) -> MailDoc:
    """Keep a mail to a user; ``world.view.mails`` and the world's export have it."""
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
