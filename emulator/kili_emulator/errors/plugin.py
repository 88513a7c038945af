"""What is refused about plugins, and what is answered when all went well.

See contract/errors.md#messages.
"""

from __future__ import annotations

from collections.abc import Iterable

from kili_emulator.errors.kili_error import KiliError, business_error

_PLUGINS_SENTENCE = "An error occured handling your plugin"


def _plugins(status: str, operation: str, detail: str) -> KiliError:
    return business_error("pluginsError", _PLUGINS_SENTENCE, f"{status}: {operation}: {detail}")


def event_pattern_invalid(operation: str, pattern: str) -> KiliError:
    """A pattern of an event matcher is none (ours; the grammar is the platform's)."""
    return _plugins(
        "400: Bad Request",
        operation,
        f'"{pattern}" is no pattern of events: write names with dots between them, and * for one '
        "or more of them, such as asset.workflow.*; the first must be a name",
    )


def handlers_and_events(operation: str) -> KiliError:
    """A plugin asks for handlers and for events (ours; clients refuse it, too)."""
    return _plugins(
        "400: Bad Request",
        operation,
        "a plugin has handlerTypes or an eventMatcher, not both: leave one of them out",
    )


def plugin_exists(operation: str, name: str) -> KiliError:
    """``createPlugin`` with a name already taken (recorded), and so ``createWebhook``."""
    return _plugins(
        "400: Bad Request",
        operation,
        f"an entity Plugin already exists with value \"{name}\" for field 'name'",
    )


def plugin_already_active(project_id: str) -> KiliError:
    """``activatePluginOnProject`` twice (text inferred from a recorded part)."""
    return _plugins(
        "400: Bad Request",
        "activatePluginOnProject",
        f"an entity Project already exists with value \"{project_id}\" for field 'id'",
    )


def plugin_not_found(operation: str, name: str) -> KiliError:
    """No plugin of the organization has the name (contract/errors.md#messages)."""
    return _plugins(
        "404: Not Found",
        operation,
        f"no entity Plugin found with value \"{name}\" for field 'name'",
    )


def plugin_not_active(project_id: str) -> KiliError:
    """``deactivatePluginOnProject`` where the plugin is not active (ours)."""
    return _plugins(
        "404: Not Found",
        "deactivatePluginOnProject",
        f"no entity Project found with value \"{project_id}\" for field 'id'",
    )


def plugin_not_uploaded(operation: str, name: str) -> KiliError:
    """A runner is asked for before the plugin's code was uploaded (ours)."""
    return _plugins(
        "400: Bad Request",
        operation,
        f'nothing was uploaded for plugin "{name}": PUT its zip to the URL of '
        "createPlugin or generateUpdateUrl first",
    )


def plugins_not_licensed(operation: str) -> KiliError:
    """The organization has no plugins (ours)."""
    return _plugins("400: Bad Request", operation, "the organization's license has no plugins")


def plugin_name_empty(operation: str) -> KiliError:
    """A plugin has no name (ours)."""
    return _plugins("400: Bad Request", operation, "the name of a plugin cannot be empty")


def plugin_is_webhook(operation: str, name: str) -> KiliError:
    """Code is deployed under the name of a webhook (ours)."""
    detail = f'"{name}" is a webhook and runs no code: change it with updateWebhook'
    return _plugins("400: Bad Request", operation, detail)


def plugin_is_linked(operation: str, name: str, path: str) -> KiliError:
    """Code is deployed under the name of a plugin that runs from a folder (ours)."""
    detail = (
        f'"{name}" is linked to {path}: save its files there, or end the link with '
        f"kili-emulator plugins unlink"
    )
    return _plugins("400: Bad Request", operation, detail)


def plugin_not_linked(name: str) -> KiliError:
    """A link is to be ended that there is not (the control plane's)."""
    return KiliError(f'plugin "{name}" is not linked: it has nothing to be unlinked from')


def link_failed(reason: str) -> KiliError:
    """What a plugin is to be linked to is no plugin (the control plane's)."""
    return KiliError(f"nothing was linked: {reason}")


def link_administrator_missing() -> KiliError:
    """Nobody in the world could have made a plugin (the control plane's)."""
    return KiliError("nobody in this world administers an organization: make somebody ADMIN first")


def plugin_not_webhook(operation: str, name: str) -> KiliError:
    """``updateWebhook`` names a plugin that has code (ours)."""
    detail = f'"{name}" is a plugin with code and no webhook: change it with updatePluginRunner'
    return _plugins("400: Bad Request", operation, detail)


def webhook_url_invalid(operation: str, url: str) -> KiliError:
    """A webhook's address cannot be called (ours)."""
    detail = f'"{url}" is no address to call: give one that begins with http:// or https://'
    return _plugins("400: Bad Request", operation, detail)


def webhook_header_invalid(operation: str) -> KiliError:
    """A webhook's Authorization header cannot be sent (ours)."""
    detail = "the header must be one line of printable ASCII characters, as HTTP sends no other"
    return _plugins("400: Bad Request", operation, detail)


def plugin_version_unknown(name: str, number: int | None, count: int) -> KiliError:
    """A version is looked for that there is not (the control plane's)."""
    available = f"there are 1 to {count}" if count else "nothing was deployed yet"
    return KiliError(f'plugin "{name}" has no version {number or ""}'.rstrip() + f" ({available})")


def plugin_without_source(name: str, number: int, reason: str) -> KiliError:
    """The source of a version is looked for, and there is none (the control plane's)."""
    return KiliError(f'version {number} of "{name}" has no source that can be shown: {reason}')


def run_not_found(run_id: str) -> KiliError:
    """A run is asked for that there is not (the control plane's)."""
    return KiliError(f'there is no run "{run_id}": see `kili-emulator runs` for those there are')


def run_not_of_webhook(run_id: str) -> KiliError:
    """A plugin's run is to be delivered again (the control plane's)."""
    return KiliError(f'run "{run_id}" is one of a plugin with code: only webhooks are redelivered')


def trigger_event_unknown(event: str, handlers: Iterable[str]) -> KiliError:
    """What is triggered is neither an event nor a handler."""
    return KiliError(
        f'"{event}" is neither an event that plugins are sent, such as asset.created, nor one of '
        f"the handlers {', '.join(handlers)}"
    )


def trigger_plugin_inactive(name: str, title: str) -> KiliError:
    """The plugin has no business in the project."""
    return KiliError(
        f'plugin "{name}" is not active on project "{title}": activate it with '
        "kili.activate_plugin_on_project first"
    )


def trigger_event_not_subscribed(name: str, event: str, asked: Iterable[str]) -> KiliError:
    """The plugin did not ask for the event."""
    return KiliError(
        f'plugin "{name}" is not called for {event}, only for {", ".join(asked) or "none"}: deploy '
        "it with the handler or event pattern"
    )


def trigger_arguments_invalid(handler: str, names: Iterable[str]) -> KiliError:
    """The payload of a handler is not what it is called with."""
    return KiliError(f"the payload of {handler} needs the members {', '.join(names)}, and no other")


CONTROL_TRIGGER_INVALID = (
    'send {"plugin": name, "project": id or title, "event": text, "payload": object}'
)
PLUGIN_OPERATION_SUCCEEDED = "Plugin with name {name} successfully {done}"
