"""The quality marks of labels: consensus, honeypot, review score, human against model.

See contract/quality.md#marks-of-labels-and-assets.

``agreement`` computes a mark from the responses of labels. ``classes`` compares classifications;
``annotated_objects`` reads the objects of a response, ``object_matching`` pairs them; ``shapes``
compares their places, with ``areas``, ``polygons`` and ``polylines``; ``text`` compares texts.

Documented are the rules for classes, the weights of jobs and sub-jobs, and the greedy matching of
objects by class and intersection over union. All other rules are chosen; the module with the rule
says so. The import rules of ``rules`` apply; other rooms import only the names of this file.

Imported by: domain.
"""

from kili_emulator.rules.quality.agreement import QualityMark as QualityMark
from kili_emulator.rules.quality.agreement import measure_agreement as measure_agreement
from kili_emulator.rules.quality.classes import ComparisonRule as ComparisonRule
