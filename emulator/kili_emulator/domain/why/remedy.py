"""What to do now about a blocker of the past."""

from __future__ import annotations

from kili_emulator import messages
from kili_emulator.domain.why.case import Case
from kili_emulator.rules import blockers as rules
from kili_emulator.rules import handler_methods, handlers
from kili_emulator.rules.blockers import PluginVersion, ReasonCode
from kili_emulator.rules.subjects import LABEL_AUTOSAVED


def remedy_of(case: Case, word: ReasonCode) -> str:
    """What to do now about a word of a decision."""
    kind = rules.kind_of_blocker(word)
    present: ReasonCode | None = getattr(case.present, kind)
    if present is None:
        return messages.RESOLVED_REMEDIES[kind].format(**case.fields())
    if kind == "subscription":
        return _remedy_of_newest(case) or _remedy_of_asking(case, present)
    return messages.REMEDIES[present].format(**case.fields())


def _remedy_of_newest(case: Case) -> str | None:
    """The remedy where a newer version asks for the event, and cannot be called (yet)."""
    newest = case.state.newest
    if newest is None or not rules.subscribes_to(newest, case.occurrence.subject):
        return None
    failed = case.state.newest_deployment == "BUILD_FAILED"
    text = messages.REMEDY_NEWEST_FAILED if failed else messages.REMEDY_DEPLOYING
    return text.format(**case.fields(), newest=newest.number)


def _remedy_of_asking(case: Case, word: ReasonCode) -> str:
    """The remedy where the version does not ask for the event."""
    fields, version = case.fields(), case.state.version
    handler = fields["handler"]
    if case.occurrence.subject == LABEL_AUTOSAVED:
        return messages.REMEDIES["LABEL_TYPE"].format(**fields)
    if case.webhook:
        by_handler, by_event = messages.REMEDY_WEBHOOK_HANDLER, messages.REMEDY_WEBHOOK_EVENT
        return (by_handler if handler else by_event).format(**fields)
    if word == "LABEL_TYPE":
        return messages.REMEDY_PREDICTION.format(**fields)
    if word == "HANDLER_MISSING" and version and handler:
        return remedy_of_method(case, version, handler)
    return messages.REMEDIES[word].format(**fields)


def remedy_of_method(case: Case, version: PluginVersion, handler: str) -> str:
    """The remedy where a version lacks a handler.

    Args:
        handler: the handler type.
    """
    method, methods = handlers.method_of(handler), case.methods(version.id)
    unsupported_client = handler_methods.unsupported_client(handler, version.client)
    meant = handler_methods.misspelled(method, methods, handlers.BY_METHOD)
    is_defined = methods is not None and method in methods.names
    said = []
    if not is_defined:
        said.append(messages.REMEDY_MISSPELLED if meant else messages.REMEDIES["HANDLER_MISSING"])
    if unsupported_client:
        said.append(
            messages.REMEDY_OLD_CLIENT
            if unsupported_client.is_outdated
            else messages.REMEDY_NEW_CLIENT
        )
    fields = {
        **case.fields(),
        "handler": handler,
        "method": method,
        "client": version.client,
        "other": unsupported_client.other if unsupported_client else None,
        "misspelled": meant,
    }
    return "; ".join(said or [messages.REMEDY_NOT_SUBSCRIBED]).format(**fields)
