"""Refused requests about plugins."""

from __future__ import annotations

from tests.bad_input.refused_request import UNKNOWN_ID, denied, forbidden, invalid, refused
from tests.kit.world_content import PLUGIN


def _plugins(operation: str, status: str, detail: str) -> str:
    return (
        "[pluginsError] An error occured handling your plugin -- This can be due to: "
        f"{status}: {operation}: {detail} | trace : false"
    )


def unknown_plugin(operation: str) -> str:
    detail = "no entity Plugin found with value \"Nobody\" for field 'name'"
    return _plugins(operation, "404: Not Found", detail)


CASES = [
    refused("createPlugin", "name taken",
            _plugins("createPlugin", "400: Bad Request",
                     f"an entity Plugin already exists with value \"{PLUGIN}\" for field 'name'"),
            data={"pluginName": PLUGIN}),
    refused("createPlugin", "empty name", "the name of a plugin cannot be empty",
            data={"pluginName": " "}),
    invalid("createPlugin", "no name", 'Field "pluginName" of required type', data={}),
    forbidden("createPlugin", "ADMIN or TEAM_MANAGER", "reviewer", data={"pluginName": "mine"}),
    refused("deletePlugin", "unknown plugin", unknown_plugin("deletePlugin"),
            where={"pluginName": "Nobody"}),
    forbidden("deletePlugin", "ADMIN or TEAM_MANAGER", where={"pluginName": PLUGIN}),
    invalid("deletePlugin", "no name", 'Field "pluginName" of required type', where={}),
    refused("generateUpdateUrl", "unknown plugin", unknown_plugin("generateUpdateUrl"),
            data={"pluginName": "Nobody"}),
    forbidden("generateUpdateUrl", "ADMIN or TEAM_MANAGER", data={"pluginName": PLUGIN}),
    invalid("generateUpdateUrl", "unknown member", 'Field "nope" is not defined',
            data={"pluginName": PLUGIN, "nope": 1}),
] + [
    case
    for deploy in ("createPluginRunner", "updatePluginRunner")
    for case in (
        refused(deploy, "unknown plugin", unknown_plugin(deploy), data={"pluginName": "Nobody"}),
        forbidden(deploy, "ADMIN or TEAM_MANAGER", data={"pluginName": PLUGIN}),
        refused(deploy, "nothing was uploaded", "PUT its zip to the URL of createPlugin",
                data={"pluginName": PLUGIN}),
        refused(deploy, "handlers and events", "leave one of them out",
                data={"pluginName": PLUGIN, "eventMatcher": ["asset.*"],
                      "handlerTypes": ["onSubmit"]}),
        *(refused(deploy, f"pattern {pattern!r}", "is not a pattern of events",
                  data={"pluginName": PLUGIN, "eventMatcher": ["asset.*", pattern]})
          for pattern in ("*", "*.created", "", "asset.", "asset.**", "asset created")),
        invalid(deploy, "unknown handler", 'Value "onEvent" does not exist',
                data={"pluginName": PLUGIN, "handlerTypes": ["onEvent"]}),
    )
] + [
    case
    for operation in ("activatePluginOnProject", "deactivatePluginOnProject")
    for case in (
        refused(operation, "unknown plugin", unknown_plugin(operation),
                where={"pluginName": "Nobody", "projectId": "<project>"}),
        denied(operation, "unknown project", where={"pluginName": PLUGIN, "projectId": UNKNOWN_ID}),
        denied(operation, "foreign project", "labeler",
               where={"pluginName": PLUGIN, "projectId": "<hidden project>"}),
        forbidden(operation, "ADMIN or TEAM_MANAGER",
                  where={"pluginName": PLUGIN, "projectId": "<project>"}),
        invalid(operation, "no project", 'Field "projectId" of required type',
                where={"pluginName": PLUGIN}),
    )
] + [
    refused("deactivatePluginOnProject", "not active there",
            "no entity Project found with value", where=
            {"pluginName": PLUGIN, "projectId": "<hidden project>"}),
    refused("activatePluginOnProject", "active there already",
            "activatePluginOnProject: an entity Project already exists with value",
            where={"pluginName": PLUGIN, "projectId": "<project>"}),
] + [
    refused("createWebhook", "name taken",
            _plugins("createWebhook", "400: Bad Request",
                     f"an entity Plugin already exists with value \"{PLUGIN}\" for field 'name'"),
            data={"pluginName": PLUGIN, "webhookUrl": "http://127.0.0.1:9"}),
    refused("updateWebhook", "unknown plugin", unknown_plugin("updateWebhook"),
            data={"pluginName": "Nobody", "webhookUrl": "http://127.0.0.1:9"}),
    refused("updateWebhook", "a plugin with code", "change it with updatePluginRunner",
            data={"pluginName": PLUGIN, "webhookUrl": "http://127.0.0.1:9"}),
    forbidden("createWebhook", "ADMIN or TEAM_MANAGER", "reviewer",
              data={"pluginName": "mine", "webhookUrl": "http://127.0.0.1:9"}),
    forbidden("updateWebhook", "ADMIN or TEAM_MANAGER",
              data={"pluginName": PLUGIN, "webhookUrl": "http://127.0.0.1:9"}),
    *(refused("createWebhook", f"address {url}", "begins with http:// or https://",
              data={"pluginName": "Hook", "webhookUrl": url})
      for url in ("", "example.org/hook", "ftp://example.org", "http://", "http://host:port/")),
    refused("createWebhook", "header of two lines", "one line of printable ASCII",
            data={"pluginName": "Hook", "webhookUrl": "http://127.0.0.1:9",
                  "header": "a\r\nHost: b"}),
    refused("createWebhook", "no pattern", "is not a pattern of events",
            data={"pluginName": "Hook", "webhookUrl": "http://127.0.0.1:9",
                  "eventMatcher": ["*"]}),
    invalid("createWebhook", "no address", 'Field "webhookUrl" of required type',
            data={"pluginName": "Hook"}),
    invalid("updateWebhook", "no address", 'Field "webhookUrl" of required type',
            data={"pluginName": "Hook"}),
]  # fmt: skip
