"""The remedies for the reasons why a plugin was not called: what the user can do now."""

from __future__ import annotations

from kili_emulator.domain.why import texts
from kili_emulator.domain.why.facts import Facts
from kili_emulator.rules import blockers as rules
from kili_emulator.rules import handler_methods, handlers
from kili_emulator.rules.blockers import PluginVersion, ReasonCode
from kili_emulator.rules.subjects import LABEL_AUTOSAVED


def remedy_of_blocker(facts: Facts, code: ReasonCode) -> str:
    """Return the remedy for a blocker of a past event, as the plugin's present state needs it.

    If the plugin has no blocker of the same kind any more, the remedy says that no action is
    needed.
    """
    kind = rules.kind_of_blocker(code)
    present: ReasonCode | None = getattr(facts.blockers, kind)
    if present is None:
        return texts.RESOLVED_REMEDIES[kind].format(**facts.fields_now)
    if kind == "subscription":
        return _remedy_of_newest_version(facts) or _remedy_of_subscription(facts, present)
    return texts.REMEDIES[present].format(**facts.fields_now)


def remedy_of_missing_method(facts: Facts, handler: str) -> str:
    """Return the remedy if the called version lacked the method of a handler type."""
    version = facts.state.version
    # A version that was called exists as long as its plugin.
    assert version is not None
    methods = facts.methods(version.id)
    if methods and handlers.method_of(handler) in methods.names:
        return texts.RESOLVED_REMEDIES["method"].format(**facts.fields_now)
    return _remedy_of_method(facts, version, handler)


def _remedy_of_newest_version(facts: Facts) -> str | None:
    """Return the remedy if a newer version subscribes to the event, but cannot be called yet."""
    newest = facts.state.newest
    if newest is None or not rules.subscribes_to(newest, facts.occurrence.subject):
        return None
    failed = facts.state.newest_deployment == "BUILD_FAILED"
    text = texts.REMEDY_NEWEST_FAILED if failed else texts.REMEDY_DEPLOYING
    return text.format(**facts.fields_now, newest=newest.number)


def _remedy_of_subscription(facts: Facts, code: ReasonCode) -> str:
    """Return the remedy if the version does not subscribe to the event."""
    version, handler = facts.state.version, facts.fields_now["handler"]
    if code == "HANDLER_MISSING" and version and handler and not facts.webhook:
        return _remedy_of_method(facts, version, handler)
    text = texts.REMEDIES[code]
    if facts.occurrence.subject == LABEL_AUTOSAVED:
        text = texts.REMEDIES["LABEL_TYPE"]
    elif facts.webhook:
        text = texts.REMEDY_WEBHOOK_HANDLER if handler else texts.REMEDY_WEBHOOK_EVENT
    elif code == "LABEL_TYPE":
        text = texts.REMEDY_PREDICTION
    return text.format(**facts.fields_now)


def _remedy_of_method(facts: Facts, version: PluginVersion, handler: str) -> str:
    """Return the remedy if a version lacks the handler."""
    method, methods = handlers.method_of(handler), facts.methods(version.id)
    unsupported = handler_methods.unsupported_client(handler, version.client)
    misspelled = handler_methods.misspelled(method, methods, handlers.BY_METHOD)
    steps = []
    if methods is None or method not in methods.names:
        steps.append(texts.REMEDY_MISSPELLED if misspelled else texts.REMEDIES["HANDLER_MISSING"])
    if unsupported:
        steps.append(
            texts.REMEDY_OLD_CLIENT if unsupported.is_outdated else texts.REMEDY_NEW_CLIENT
        )
    fields = {
        **facts.fields_now,
        "handler": handler,
        "method": method,
        "client": version.client,
        "other": unsupported.other if unsupported else None,
        "misspelled": misspelled,
    }
    return "; ".join(steps or [texts.REMEDY_NOT_SUBSCRIBED]).format(**fields)
