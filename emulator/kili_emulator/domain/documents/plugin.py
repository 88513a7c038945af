"""Documents of plugins: versions, build errors, runs, log lines and API calls."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from kili_emulator.rules.blockers import ReasonCode

PluginStatus = Literal["DEPLOYING", "ACTIVE", "FAILED"]
BuildLineType = Literal["warning", "error"]
LogType = Literal["info", "warning", "error", "debug"]
RefusalReason = Literal["SELF_TRIGGERED", "TOO_DEEP", "NOT_DEPLOYED"]
Outcome = Literal[
    "RUNNING",
    "SUCCEEDED",
    "FAILED",
    "TIMED_OUT",
    "ABANDONED",
    "EXITED",
    "CRASHED",
    "OUT_OF_MEMORY",
    "INTERRUPTED",
    "NOT_RUN",
]


class PluginLink(TypedDict):
    """The folder or file that a plugin runs from.

    ``eventMatcher`` lists the event patterns for ``on_event``. ``error`` is the reason why the
    files on disk cannot be deployed, if they cannot.
    """

    path: str
    eventMatcher: list[str]
    error: str | None


class PluginDoc(TypedDict):
    """A plugin; ``projectIds`` are the projects on which the plugin is active."""

    id: str
    name: str
    organizationId: str
    creatorId: str
    userId: str
    projectIds: list[str]
    status: PluginStatus
    activeVersionId: str | None
    uploadId: str | None
    link: PluginLink | None
    createdAt: str
    updatedAt: str


class WebhookAddress(TypedDict):
    """The URL of a webhook, and the value of the header that is sent to this URL."""

    url: str
    header: str | None


class CallConditions(TypedDict):
    """The members of a plugin version that decide which events call it."""

    handlerTypes: list[str]
    eventMatcher: list[str]
    clientVersion: str | None


class PluginVersionDoc(CallConditions):
    """A version of a plugin: an archive of its code, or the address of a webhook.

    ``origin`` is the file on disk from which ``main.py`` was read, if the version was not uploaded.
    """

    id: str
    pluginId: str
    number: int
    fileId: str | None
    digest: str
    origin: str | None
    webhook: WebhookAddress | None
    status: PluginStatus
    createdAt: str


class DecisionDoc(TypedDict):
    """The decision not to call a plugin for the events of a transaction on a project.

    ``reasons`` maps the subject of an event to the reasons
    (``kili_emulator.rules.blockers.ReasonCode``). ``since`` is the time of the deactivation, if the
    plugin had been deactivated. ``version`` has the members of the
    ``kili_emulator.rules.blockers.PluginVersion`` that would have been called.
    """

    id: str
    transactionId: str
    projectId: str
    pluginId: str
    pluginName: str
    isWebhook: bool
    createdAt: str
    reasons: dict[str, list[ReasonCode]]
    since: str | None
    version: dict[str, Any] | None


class BuildErrorDoc(TypedDict):
    """A build error or warning, as ``getPluginBuildErrors`` returns it."""

    id: str
    pluginId: str
    pluginName: str
    versionId: str | None
    content: str
    logType: BuildLineType
    createdAt: str


class RunMetadata(TypedDict):
    """The asset and the label that the event of a run is about; ``None`` if there is none."""

    assetId: str | None
    labelId: str | None


class LogLineDoc(TypedDict):
    """A log line of a run."""

    id: str
    pluginId: str
    pluginName: str
    projectId: str
    runId: str
    content: str
    logType: LogType
    metadata: RunMetadata
    createdAt: str


class WebhookRequest(TypedDict):
    """The request of a delivery to a webhook; ``body`` is a JSON value."""

    url: str
    headers: dict[str, str]
    body: dict[str, Any]


class WebhookAnswer(TypedDict):
    """The answer of a webhook; ``body`` is its text, which can be truncated."""

    status: int
    reason: str | None
    headers: dict[str, str]
    body: str


class WebhookDelivery(TypedDict):
    """The delivery of a run to a webhook; ``answer`` is ``None`` if the webhook did not answer."""

    request: WebhookRequest
    answer: WebhookAnswer | None


class _OptionalRunMembers(TypedDict, total=False):
    headline: str | None


class RunResult(_OptionalRunMembers):
    """The members of a run that are written while it takes place, and when it ends.

    ``ended`` is the position of the run in the order in which runs end: epoch and sequence number.
    ``headline`` is missing in runs that earlier versions of the emulator stored.
    """

    outcome: Outcome
    refusal: RefusalReason | None
    ended: list[int] | None
    error: str | None
    startedAt: str | None
    mark: dict[str, Any] | None
    durationMs: float | None
    memoryMb: float | None
    delivery: WebhookDelivery | None
    lineCount: int
    callCount: int
    droppedPrints: int


class _OptionalCauses(TypedDict, total=False):
    queued: bool
    requestId: str | None


class RunDoc(RunResult, _OptionalCauses):
    """A run: one call of one handler of a plugin version for one event.

    ``lanes`` lists the lanes of the runs that caused this run, outermost first, and last the lane
    of this run. ``queued`` is true if the request that caused the run did not wait for it.
    ``requestId`` is the id of the request that started the run by hand, without an event. Both are
    missing in runs that earlier versions stored.
    """

    id: str
    pluginId: str
    versionId: str | None
    projectId: str
    eventId: str
    event: str
    causedBy: str | None
    lanes: list[str]
    handler: str
    payload: dict[str, Any]
    metadata: RunMetadata
    sequence: int
    seed: int | None
    createdAt: str
    redeliveryOf: str | None
    byHand: bool


class _OptionalCallMembers(TypedDict, total=False):
    requestId: str | None


class RunCallDoc(_OptionalCallMembers):
    """An API call of a run; ``arguments`` and ``answer`` are texts if they were truncated.

    ``requestId`` is missing in calls that earlier versions of the emulator stored.
    """

    id: str
    runId: str
    pluginId: str
    number: int
    operations: list[str]
    method: str | None
    query: str | None
    arguments: Any
    answer: Any
    errors: bool
    createdAt: str
    durationMs: float
