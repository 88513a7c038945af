"""What is to be done about what stood in the way of calling a plugin, as things are now."""

from __future__ import annotations

from emulator import messages
from emulator.domain import label as labels_of
from emulator.domain.trigger import METHODS
from emulator.domain.why.case import Case
from emulator.rules import handler_methods
from emulator.rules.plugin_history import Standing, Version
from emulator.rules.why import Hindrances, Word, is_asked_for


def remedy_of(case: Case, kind: str, word: Word, stands: Hindrances) -> str:
    """What is to be done about a hindrance.

    Args:
        kind: a member of :class:`Hindrances`.
        word: what stood in the way then.
        stands: what stands there now.
    """
    now = case.standing()
    fields = case.fields(now)
    if word in messages.REMEDIES and kind == "origin":
        return messages.REMEDIES[word].format(**fields)
    still: Word | None = getattr(stands, kind)
    if still is None:
        return messages.MENDED[kind].format(**fields)
    if kind == "asked":
        return _remedy_of_newest(case, now) or _remedy_of_asking(case, still, now.version)
    return messages.REMEDIES[still].format(**fields)


def _remedy_of_newest(case: Case, now: Standing) -> str | None:
    """The same where a version asks for it that is not called, or not yet."""
    if now.newest is None or not is_asked_for(case.happened, now.newest):
        return None
    fields = {**case.fields(now), "newest": now.newest.number}
    failed = now.newest_deployment == "BUILD_FAILED"
    return (messages.REMEDY_NEWEST_FAILED if failed else messages.REMEDY_ON_ITS_WAY).format(
        **fields
    )


def _remedy_of_asking(case: Case, word: Word, version: Version | None) -> str:
    """The same of a version that does not ask for what happened."""
    fields, handler = case.fields(case.standing()), case.happened.handler
    if case.happened.subject == labels_of.AUTOSAVED:
        return messages.REMEDIES["LABEL_TYPE"].format(**fields)
    if case.webhook:
        by_handler, by_event = messages.REMEDY_WEBHOOK_HANDLER, messages.REMEDY_WEBHOOK_EVENT
        return (by_handler if handler else by_event).format(**fields)
    if word == "LABEL_TYPE":
        return messages.REMEDY_PREDICTION.format(**fields)
    if word == "HANDLER_MISSING" and version and handler:
        return remedy_of_method(case, version, handler)
    return messages.REMEDIES[word].format(**fields)


def remedy_of_method(case: Case, version: Version, handler: str) -> str:
    """What is to be done about a version that is not called by a handler.

    Args:
        handler: the handler's type.
    """
    method, methods = METHODS[handler], case.methods(version.id)
    unable = handler_methods.unable(handler, version.client)
    meant = handler_methods.misspelled(method, methods, METHODS.values())
    is_defined = methods is not None and method in methods.names
    said = []
    if not is_defined:
        said.append(messages.REMEDY_MISSPELLED if meant else messages.REMEDIES["HANDLER_MISSING"])
    if unable:
        said.append(messages.REMEDY_OLD_CLIENT if unable.is_old else messages.REMEDY_NEW_CLIENT)
    fields = {
        **case.fields(case.standing()),
        "handler": handler,
        "method": method,
        "client": version.client,
        "other": unable.other if unable else None,
        "misspelled": meant,
    }
    return "; ".join(said or [messages.REMEDY_NOT_ASKED]).format(**fields)
