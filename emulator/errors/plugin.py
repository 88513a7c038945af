"""What is refused about plugins, and what is answered when all went well (contract §2.2, §11)."""

from __future__ import annotations

from emulator.errors.base import KiliError, business, not_emulated

_PLUGINS_SENTENCE = "An error occured handling your plugin"


def _plugins(status: str, operation: str, detail: str) -> KiliError:
    return business("pluginsError", _PLUGINS_SENTENCE, f"{status}: {operation}: {detail}")


def event_matcher_not_emulated(operation: str) -> KiliError:
    """A plugin asks for events by pattern."""
    return not_emulated(operation, "on_event with an event matcher", "use on_submit and on_review")


def plugin_exists(name: str) -> KiliError:
    """``createPlugin`` with a name already taken (recorded)."""
    return _plugins(
        "400: Bad Request",
        "createPlugin",
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
    """No plugin of the organization has the name (§11.5)."""
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


PLUGIN_DONE = "Plugin with name {name} successfully {done}"
