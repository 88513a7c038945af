"""How well labels agree: consensus, honeypot, review score, human against model.

See contract/quality.md#marks-of-labels-and-assets.

Documented are the rules for classes, for how jobs and sub-jobs add up, and that objects are matched
greedily by class and intersection over union. What the documentation leaves open was chosen, and
is said where it is done: `classes`, `objects`, `shapes`, `areas`, `text`, `agreement`.
"""

from kili_emulator.rules.quality.agreement import Mark as Mark
from kili_emulator.rules.quality.agreement import agreement as agreement
from kili_emulator.rules.quality.classes import Rule as Rule
