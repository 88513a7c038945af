"""Say what to do now about a reason why a plugin was not called."""

from __future__ import annotations

from kili_emulator import messages
from kili_emulator.domain.why.facts import Facts
from kili_emulator.rules import blockers as rules
from kili_emulator.rules import handler_methods, handlers
from kili_emulator.rules.blockers import PluginVersion, ReasonCode
from kili_emulator.rules.subjects import LABEL_AUTOSAVED


def remedy_of_blocker(facts: Facts, word: ReasonCode) -> str:
    """The remedy of a blocker of the past: none is needed where no blocker of its kind is left."""
    kind = rules.kind_of_blocker(word)
    present: ReasonCode | None = getattr(facts.blockers, kind)
    if present is None:
        return messages.RESOLVED_REMEDIES[kind].format(**facts.fields_now)
    if kind == "subscription":
        return _remedy_of_newest(facts) or _remedy_of_asking(facts, present)
    return messages.REMEDIES[present].format(**facts.fields_now)


def remedy_of_missing_method(facts: Facts, handler: str) -> str:
    """The remedy where the called version lacked the method of a handler type."""
    version = facts.state.version
    assert version is not None  # it was called, and versions are deleted with their plugin only
    methods = facts.methods(version.id)
    if methods and handlers.method_of(handler) in methods.names:
        return messages.RESOLVED_REMEDIES["method"].format(**facts.fields_now)
    return _remedy_of_method(facts, version, handler)


def _remedy_of_newest(facts: Facts) -> str | None:
    """The remedy where a newer version asks for the event, and cannot be called (yet)."""
    newest = facts.state.newest
    if newest is None or not rules.subscribes_to(newest, facts.occurrence.subject):
        return None
    failed = facts.state.newest_deployment == "BUILD_FAILED"
    text = messages.REMEDY_NEWEST_FAILED if failed else messages.REMEDY_DEPLOYING
    return text.format(**facts.fields_now, newest=newest.number)


def _remedy_of_asking(facts: Facts, word: ReasonCode) -> str:
    """The remedy where the version does not ask for the event."""
    version, handler = facts.state.version, facts.fields_now["handler"]
    if word == "HANDLER_MISSING" and version and handler and not facts.webhook:
        return _remedy_of_method(facts, version, handler)
    text = messages.REMEDIES[word]
    if facts.occurrence.subject == LABEL_AUTOSAVED:
        text = messages.REMEDIES["LABEL_TYPE"]
    elif facts.webhook:
        text = messages.REMEDY_WEBHOOK_HANDLER if handler else messages.REMEDY_WEBHOOK_EVENT
    elif word == "LABEL_TYPE":
        text = messages.REMEDY_PREDICTION
    return text.format(**facts.fields_now)


def _remedy_of_method(facts: Facts, version: PluginVersion, handler: str) -> str:
    """The remedy where a version lacks the handler."""
    method, methods = handlers.method_of(handler), facts.methods(version.id)
    unable = handler_methods.unsupported_client(handler, version.client)
    misspelled = handler_methods.misspelled(method, methods, handlers.BY_METHOD)
    steps = []
    if methods is None or method not in methods.names:
        steps.append(
            messages.REMEDY_MISSPELLED if misspelled else messages.REMEDIES["HANDLER_MISSING"]
        )
    if unable:
        steps.append(
            messages.REMEDY_OLD_CLIENT if unable.is_outdated else messages.REMEDY_NEW_CLIENT
        )
    fields = {
        **facts.fields_now,
        "handler": handler,
        "method": method,
        "client": version.client,
        "other": unable.other if unable else None,
        "misspelled": misspelled,
    }
    return "; ".join(steps or [messages.REMEDY_NOT_SUBSCRIBED]).format(**fields)
