"""Errors about plugins, and the answers of their successful operations.

See contract/errors.md#messages.
"""

from __future__ import annotations

from collections.abc import Iterable

from kili_emulator.errors.kili_error import KiliError, business_error

_PLUGINS_SENTENCE = "An error occured handling your plugin"


def _plugins(status: str, operation: str, detail: str) -> KiliError:
    return business_error("pluginsError", _PLUGINS_SENTENCE, f"{status}: {operation}: {detail}")


def event_pattern_invalid(operation: str, pattern: str) -> KiliError:
    """A pattern of an event matcher is malformed (ours; the grammar is the platform's)."""
    return _plugins(
        "400: Bad Request",
        operation,
        f'"{pattern}" is not a pattern of events: join names with dots and write * for one or '
        "more names, such as asset.workflow.*; the first part must be a name",
    )


def handlers_and_events(operation: str) -> KiliError:
    """A plugin has both handlers and an event matcher (ours; clients refuse this too)."""
    return _plugins(
        "400: Bad Request",
        operation,
        "a plugin cannot have both handlerTypes and an eventMatcher: leave one of them out",
    )


def plugin_exists(operation: str, name: str) -> KiliError:
    """``createPlugin`` (recorded) or ``createWebhook`` gets a name that is in use."""
    return _plugins(
        "400: Bad Request",
        operation,
        f"an entity Plugin already exists with value \"{name}\" for field 'name'",
    )


def plugin_already_active(project_id: str) -> KiliError:
    """The plugin is active on the project already (text inferred from a recorded part)."""
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
    """The plugin to deactivate is not active on the project (ours)."""
    return _plugins(
        "404: Not Found",
        "deactivatePluginOnProject",
        f"no entity Project found with value \"{project_id}\" for field 'id'",
    )


def plugin_not_uploaded(operation: str, name: str) -> KiliError:
    """A plugin is deployed before its code was uploaded (ours)."""
    return _plugins(
        "400: Bad Request",
        operation,
        f'nothing was uploaded for plugin "{name}": PUT its zip to the URL of '
        "createPlugin or generateUpdateUrl first",
    )


def plugins_not_licensed(operation: str) -> KiliError:
    """The license of the organization does not include plugins (ours)."""
    return _plugins(
        "400: Bad Request", operation, "the license of the organization does not include plugins"
    )


def plugin_name_empty(operation: str) -> KiliError:
    """The name of a plugin is empty (ours)."""
    return _plugins("400: Bad Request", operation, "the name of a plugin cannot be empty")


def plugin_is_webhook(operation: str, name: str) -> KiliError:
    """Code is deployed under the name of a webhook (ours)."""
    detail = f'"{name}" is a webhook without code: change it with updateWebhook'
    return _plugins("400: Bad Request", operation, detail)


def plugin_is_linked(operation: str, name: str, path: str) -> KiliError:
    """Code is deployed under the name of a plugin that runs from a folder (ours)."""
    detail = (
        f'"{name}" is linked to {path}: save its files there, or end the link with '
        "`kili-emulator plugins unlink`"
    )
    return _plugins("400: Bad Request", operation, detail)


def plugin_not_linked(name: str) -> KiliError:
    """A plugin that is not linked is unlinked (the control plane's)."""
    return KiliError(f'plugin "{name}" is not linked: `kili-emulator plugins list` shows the links')


def link_failed(reason: str) -> KiliError:
    """The path to link a plugin to contains no plugin (the control plane's)."""
    return KiliError(f"the plugin was not linked: {reason}")


def link_administrator_missing() -> KiliError:
    """The world has no administrator, who would own a linked plugin (the control plane's)."""
    return KiliError(
        "this world has no administrator of an organization: give a user the role ADMIN first"
    )


def plugin_not_webhook(operation: str, name: str) -> KiliError:
    """``updateWebhook`` names a plugin that has code (ours)."""
    detail = f'"{name}" is a plugin with code, not a webhook: change it with updatePluginRunner'
    return _plugins("400: Bad Request", operation, detail)


def webhook_url_invalid(operation: str, url: str) -> KiliError:
    """The address of a webhook is not an HTTP URL (ours)."""
    detail = f'"{url}" is not a URL of a webhook: give one that begins with http:// or https://'
    return _plugins("400: Bad Request", operation, detail)


def webhook_header_invalid(operation: str) -> KiliError:
    """A webhook's Authorization header cannot be sent (ours)."""
    detail = "the header must be one line of printable ASCII characters"
    return _plugins("400: Bad Request", operation, detail)


def plugin_version_unknown(name: str, number: int | None, count: int) -> KiliError:
    """The plugin has no version with this number (the control plane's)."""
    available = f"there are 1 to {count}" if count else "none was deployed yet"
    return KiliError(f'plugin "{name}" has no version {number or ""}'.rstrip() + f" ({available})")


def plugin_without_source(name: str, number: int, reason: str) -> KiliError:
    """The source of a version cannot be shown (the control plane's)."""
    return KiliError(f'version {number} of "{name}" has no source to show: {reason}')


def run_not_found(run_id: str) -> KiliError:
    """No run has this id (the control plane's)."""
    return KiliError(f'there is no run "{run_id}": `kili-emulator runs` lists the runs')


def run_not_of_webhook(run_id: str) -> KiliError:
    """The run to redeliver is not that of a webhook (the control plane's)."""
    return KiliError(
        f'run "{run_id}" is of a plugin with code: only runs of webhooks can be redelivered'
    )


def trigger_event_unknown(event: str, handlers: Iterable[str]) -> KiliError:
    """The name to trigger is neither that of an event nor that of a handler."""
    return KiliError(
        f'"{event}" is neither an event that plugins get, such as asset.created, nor one of '
        f"the handlers {', '.join(handlers)}"
    )


def trigger_plugin_inactive(name: str, title: str) -> KiliError:
    """The plugin to trigger is not active on the project."""
    return KiliError(
        f'plugin "{name}" is not active on project "{title}": activate it with '
        "kili.activate_plugin_on_project first"
    )


def trigger_event_not_subscribed(name: str, event: str, asked: Iterable[str]) -> KiliError:
    """The plugin to trigger does not subscribe to the event."""
    return KiliError(
        f'plugin "{name}" is not called for {event}, only for {", ".join(asked) or "none"}: deploy '
        "it with the handler or event pattern"
    )


def trigger_arguments_invalid(handler: str, names: Iterable[str]) -> KiliError:
    """The payload has other members than the arguments of the handler."""
    return KiliError(
        f"the payload of {handler} needs the members {', '.join(names)}, and no others"
    )


CONTROL_TRIGGER_INVALID = (
    "the body is invalid: send "
    '{"plugin": name, "project": id or title, "event": text, "payload": object}'
)
PLUGIN_OPERATION_SUCCEEDED = "Plugin with name {name} successfully {done}"
