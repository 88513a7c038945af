"""A plugin that draws, makes changes, reads them, and fails; for tests that repeat its runs."""

from __future__ import annotations

# The body of `on_submit`.
BODY = """\
print(random.random())
(made,) = self.kili.append_labels(
    [asset_id], [{"JOB_0": {"annotations": []}}], label_type="PREDICTION", model_name="m",
    disable_tqdm=True,
)
print(made["id"])
print(self.kili.labels(self.project_id, fields=["id", "createdAt"], disable_tqdm=True))
self.kili.create_issues(self.project_id, [label["id"]], text_array=["look"])
print(self.kili.issues(self.project_id, fields=["id", "createdAt"], disable_tqdm=True))
print({}["nope"])
"""
FIXED = BODY.replace('{}["nope"]', '{}.get("nope")')
