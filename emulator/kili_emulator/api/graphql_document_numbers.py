"""A validation rule against numbers that do not fit into a float, as in JSON."""

from __future__ import annotations

import math
from typing import Any

from graphql import FloatValueNode, GraphQLError, IntValueNode, ValidationRule

from kili_emulator import errors

_MAX_SHOWN_DIGITS = 20


class FiniteNumbersRule(ValidationRule):
    """The rule that the numbers of a document fit into a float."""

    def enter_int_value(self, node: IntValueNode, *_: Any) -> None:
        self._check_finite(node)

    def enter_float_value(self, node: FloatValueNode, *_: Any) -> None:
        self._check_finite(node)

    def _check_finite(self, node: IntValueNode | FloatValueNode) -> None:
        if not math.isfinite(float(node.value)):
            number = (
                node.value
                if len(node.value) <= _MAX_SHOWN_DIGITS
                else f"{node.value[:_MAX_SHOWN_DIGITS]}…"
            )
            self.report_error(GraphQLError(errors.NUMBER_TOO_LARGE.format(number=number), node))
