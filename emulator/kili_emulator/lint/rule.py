"""Rules, and the findings that they make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

# error: the plugin certainly fails. warning: it probably fails. note: it works on the platform; the
# note is advice, or about the machine on which the lint runs.
Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
# The basis of a rule, from best to worst (contract/README.md#the-basis-of-a-rule).
Basis = Literal["recorded", "documented", "inferred", "chosen"]
BASES: tuple[Basis, ...] = get_args(Basis)


@dataclass(frozen=True, order=True)
class Finding:
    """A problem in a plugin.

    Attributes:
        file: path relative to the plugin's folder.
        line: counted from 1; 1 if the problem concerns the whole file.
        code: code of the rule, such as ``KP101``.
        severity: see :data:`Severity`.
        reason: the problem.
        remedy: how to fix the problem.
    """

    file: str
    line: int
    code: str
    severity: Severity
    reason: str
    remedy: str


@dataclass(frozen=True)
class Rule:
    """A kind of problem that the lint finds.

    Attributes:
        code: permanent identifier, such as ``KP101``.
        severity: see :data:`Severity`.
        summary: title of the rule.
        why: the effect of the problem on the platform.
        basis: how the effect is known.
        reason: text of a finding, with the names of its values in braces.
        remedy: how to fix the problem, likewise.
    """

    code: str
    severity: Severity
    summary: str
    why: str
    basis: Basis
    reason: str
    remedy: str

    def make_finding(self, file: str, line: int, /, **values: object) -> Finding:
        """Make a finding; ``values`` replace the names in the reason and the remedy."""
        reason, remedy = self.reason.format(**values), self.remedy.format(**values)
        return Finding(file, line, self.code, self.severity, reason, remedy)
