"""The tables of a world and their indexes. One row each: the noun, in the plural."""

from __future__ import annotations

from emulator.storage.snapshot import Document, TableSpec


def _label_author(label: Document) -> tuple[str, str]:
    return (label["assetId"], label["authorId"])


def _membership(member: Document) -> tuple[str, str]:
    return (member["projectId"], member["userId"])


TABLES: tuple[TableSpec, ...] = (
    TableSpec("organizations"),
    TableSpec(
        "users",
        {"email": lambda user: user["email"], "organization": lambda user: user["organizationId"]},
    ),
    TableSpec("apiKeys", {"key": lambda key: key["key"], "user": lambda key: key["userId"]}),
    TableSpec("projects", {"organization": lambda project: project["organizationId"]}),
    TableSpec(
        "projectUsers",
        {
            "project": lambda member: member["projectId"],
            "user": lambda member: member["userId"],
            "membership": _membership,
        },
    ),
    TableSpec(
        "assets",
        {
            "project": lambda asset: asset["projectId"],
            "externalId": lambda asset: (asset["projectId"], asset["externalId"]),
            "content": lambda asset: asset["content"] or None,
            "jsonContent": lambda asset: asset["jsonContent"] or None,
        },
    ),
    TableSpec(
        "labels",
        {
            "project": lambda label: label["projectId"],
            "asset": lambda label: label["assetId"],
            "author": _label_author,
            "member": lambda label: (label["projectId"], label["authorId"]),
        },
        dated_by="createdAt",
    ),
    TableSpec(
        "issues",
        {
            "project": lambda issue: issue["projectId"],
            "asset": lambda issue: issue["assetId"],
        },
    ),
    TableSpec(
        "comments",
        {
            "issue": lambda comment: comment["issueId"],
        },
    ),
    TableSpec("steps", {"project": lambda step: step["projectId"]}),
    TableSpec("stepGroups", {"project": lambda group: group["projectId"]}),
    TableSpec("locks", {"asset": lambda lock: lock["assetId"]}),
    TableSpec("projectVersions", {"project": lambda version: version["projectId"]}),
    TableSpec("tags", {"organization": lambda tag: tag["organizationId"]}),
    TableSpec("notifications", {"user": lambda notification: notification["userID"]}),
    TableSpec("mails", {"user": lambda mail: mail["userId"]}),
    TableSpec("files", {"folder": lambda file: file["folder"]}),
    TableSpec("events", {"project": lambda event: event["projectId"]}),
    TableSpec(
        "internalEvents",
        {
            "project": lambda event: event["projectId"],
            "plugin": lambda event: event["payload"].get("pluginId"),
        },
    ),
    TableSpec(
        "plugins",
        {
            "name": lambda plugin: (plugin["organizationId"], plugin["name"]),
            "organization": lambda plugin: plugin["organizationId"],
            "user": lambda plugin: plugin["userId"],
        },
    ),
    TableSpec("decisions", {"transaction": lambda decision: decision["transactionId"]}),
    TableSpec("pluginVersions", {"plugin": lambda version: version["pluginId"]}),
    TableSpec("pluginBuildErrors", {"plugin": lambda line: line["pluginId"]}),
    TableSpec(
        "pluginLogs",
        {
            "plugin": lambda line: line["pluginId"],
            "lane": lambda line: (line["pluginId"], line["projectId"]),
            "project": lambda line: line["projectId"],
            "run": lambda line: line["runId"],
        },
    ),
    TableSpec(
        "runs",
        {
            "plugin": lambda run: run["pluginId"],
            "project": lambda run: run["projectId"],
            "running": lambda run: True if run["outcome"] == "RUNNING" else None,
        },
    ),
    TableSpec(
        "runCalls",
        {"run": lambda call: call["runId"], "plugin": lambda call: call["pluginId"]},
    ),
)
