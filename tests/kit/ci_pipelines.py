"""The shell scripts of a pipeline file: what GitHub Actions and GitLab CI would run, job by job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

GITHUB_FOLDER = ".github/workflows/"
GITLAB_FILE = ".gitlab-ci.yml"
# The keys of a GitLab file that are no jobs.
_GITLAB_GLOBAL = {"cache", "default", "image", "include", "services", "stages", "variables"}


@dataclass(frozen=True)
class Script:
    """A script that a runner gives to a shell.

    Attributes:
        text: its lines.
        variables: the environment variables that the file sets for it.
        always: whether it also runs after a script of the job has failed.
    """

    text: str
    variables: Mapping[str, str]
    always: bool = False


@dataclass(frozen=True)
class Job:
    """A job: its scripts run one after another, in one folder."""

    name: str
    scripts: list[Script]


def jobs(path: str, text: str) -> list[Job]:
    """Return the jobs of a file; none if it is not a pipeline file.

    Raises:
        ValueError: a script has an expression that only the service can evaluate.
    """
    if path.startswith(GITHUB_FOLDER):
        return list(_github_jobs(yaml.safe_load(text)))
    if path == GITLAB_FILE:
        return list(_gitlab_jobs(yaml.safe_load(text)))
    return []


def _github_jobs(workflow: Mapping[str, Any]) -> Iterator[Job]:
    for name, job in workflow["jobs"].items():
        shared = {**workflow.get("env", {}), **job.get("env", {})}
        scripts = [
            Script(each["run"], _texts(shared | each.get("env", {})), each.get("if") == "always()")
            for each in job["steps"]
            if "run" in each
        ]
        for script in scripts:
            if "${{" in script.text + "".join(script.variables.values()):
                raise ValueError(f"job {name}: an expression in a script: {script.text}")
        yield Job(name, scripts)


def _gitlab_jobs(pipeline: Mapping[str, Any]) -> Iterator[Job]:
    """Yield the jobs; ``before_script`` and ``script`` run in one shell, as GitLab does."""
    default = pipeline.get("default", {})
    for name, job in pipeline.items():
        if name in _GITLAB_GLOBAL or name.startswith("."):
            continue
        variables = _texts({**pipeline.get("variables", {}), **job.get("variables", {})})
        before = job.get("before_script", default.get("before_script", []))
        scripts = [Script("\n".join([*before, *job["script"]]), variables)]
        if "after_script" in job:
            scripts.append(Script("\n".join(job["after_script"]), variables, always=True))
        yield Job(name, scripts)


def _texts(variables: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in variables.items()}
