"""What a rule is, and what is found by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

# A note is about the machine that the lint runs on, and not about the platform.
Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
# The basis of a rule, from best to worst (contract/README.md#the-basis-of-a-rule).
Basis = Literal["recorded", "documented", "inferred", "chosen"]
BASES: tuple[Basis, ...] = get_args(Basis)


@dataclass(frozen=True, order=True)
class Finding:
    """Something in a plugin that fails on the platform, or probably does.

    Attributes:
        file: seen from the plugin's folder.
        line: counted from 1; 1 where it is about a file as a whole.
        code: names the rule.
        severity: an error fails for certain; a note depends on this machine alone.
        reason: what is wrong here.
        remedy: what to do about it.
    """

    file: str
    line: int
    code: str
    severity: Severity
    reason: str
    remedy: str


@dataclass(frozen=True)
class Rule:
    """Something that is looked for.

    Attributes:
        code: names it, for good.
        severity: an error fails for certain; a note depends on this machine alone.
        summary: the title of the rule.
        why: what comes of it on the platform.
        basis: how that is known.
        reason: of a finding, with names in braces for what differs between findings.
        remedy: likewise.
    """

    code: str
    severity: Severity
    summary: str
    why: str
    basis: Basis
    reason: str
    remedy: str

    def make_finding(self, file: str, line: int, /, **values: object) -> Finding:
        """A finding, with values for the names in reason and remedy."""
        reason, remedy = self.reason.format(**values), self.remedy.format(**values)
        return Finding(file, line, self.code, self.severity, reason, remedy)
