"""Adds the label that most of an asset's labelers agree on, once enough of them have labeled it."""

from collections import Counter

from kili.plugins import PluginCore

SEVERAL_ANSWERS = ("checkbox", "multipleDropdown")


def majority(jobs, responses):
    """What most people answer, job by job; a tie goes to the category that the interface has first.

    Only classifications and transcriptions can be voted on: other jobs are left out.

    Args:
        jobs: the jobs of the json interface.
        responses: the json responses of several people.
    """
    agreed = {}
    for name in dict.fromkeys(name for response in responses for name in response):
        answers = [response[name] for response in responses if name in response]
        task = jobs[name]["mlTask"] if name in jobs else None  # as with the rotation of an image
        if task == "TRANSCRIPTION":
            ((text, _),) = Counter(answer["text"] for answer in answers).most_common(1)
            agreed[name] = {"text": text}
        elif task == "CLASSIFICATION":
            agreed[name] = {"categories": elected(jobs, name, answers)}
    return agreed


def elected(jobs, name, answers):
    """The categories that most people chose, with what most of these say in the jobs below."""
    content = jobs[name]["content"]
    chosen = [category for answer in answers for category in answer["categories"]]
    votes = Counter(category["name"] for category in chosen)
    if content["input"] in SEVERAL_ANSWERS:
        winners = [each for each in content["categories"] if votes[each] * 2 > len(answers)]
    else:
        winners = [max(content["categories"], key=votes.__getitem__)]
    return [with_children(jobs, winner, chosen) for winner in winners]


def with_children(jobs, winner, chosen):
    """A category, and what most of those who chose it say in the jobs below."""
    below = [each.get("children") or {} for each in chosen if each["name"] == winner]
    children = majority(jobs, below)
    return {"name": winner, "children": children} if children else {"name": winner}


class PluginHandler(PluginCore):
    """Counts the labels of an asset whenever one is submitted."""

    def on_submit(self, label, asset_id):
        """Called for each submitted label."""
        project = self.read_project()
        labels = self.latest_labels(asset_id)
        expected = project["minConsensusSize"]
        self.logger.info(f"{len(labels)} of {expected} labels")
        # The label that is added below counts, too. So it is added only once, also where a
        # plugin's own labels call it again.
        if expected < 2 or len(labels) != expected:
            return
        jobs = project["jsonInterface"]["jobs"]
        agreed = majority(jobs, [each["jsonResponse"] for each in labels])
        # Where a workflow has steps, an asset that is done takes no label that names no step. SDKs
        # that can name one would add the label as a correction, with step_name="Label".
        self.kili.send_back_to_queue(asset_ids=[asset_id])
        self.kili.append_labels(
            asset_id_array=[asset_id], json_response_array=[agreed], label_type="DEFAULT"
        )
        self.logger.info(f"Agreed on {agreed}")

    def read_project(self):
        """How many labels are expected, and of which jobs."""
        (project,) = self.kili.projects(
            project_id=self.project_id,
            fields=["minConsensusSize", "jsonInterface"],
            disable_tqdm=True,
        )
        return project

    def latest_labels(self, asset_id):
        """The newest label of each labeler of an asset."""
        labels = self.kili.labels(
            project_id=self.project_id,
            asset_id=asset_id,
            type_in=["DEFAULT"],
            fields=["jsonResponse", "isLatestDefaultLabelForUser"],
            disable_tqdm=True,
        )
        return [each for each in labels if each["isLatestDefaultLabelForUser"]]
