"""Add a label with the answers of the majority, once enough people have labeled an asset."""

from collections import Counter

from kili.plugins import PluginCore

SEVERAL_ANSWERS = ("checkbox", "multipleDropdown")


def majority(jobs, responses):
    """Return the majority's answer to each job; a tie goes to the interface's first category.

    Jobs that are neither classifications nor transcriptions are left out.

    Args:
        jobs: the jobs of the json interface.
        responses: the json responses of several people.
    """
    agreed = {}
    for name in dict.fromkeys(name for response in responses for name in response):
        answers = [response[name] for response in responses if name in response]
        task = (
            jobs[name]["mlTask"] if name in jobs else None
        )  # None for entries such as the rotation of an image
        if task == "TRANSCRIPTION":
            ((text, _),) = Counter(answer["text"] for answer in answers).most_common(1)
            agreed[name] = {"text": text}
        elif task == "CLASSIFICATION":
            agreed[name] = {"categories": elected(jobs, name, answers)}
    return agreed


def elected(jobs, name, answers):
    """Return the categories with most votes, each with its voters' majority on the sub-jobs."""
    content = jobs[name]["content"]
    chosen = [category for answer in answers for category in answer["categories"]]
    votes = Counter(category["name"] for category in chosen)
    if content["input"] in SEVERAL_ANSWERS:
        winners = [each for each in content["categories"] if votes[each] * 2 > len(answers)]
    else:
        winners = [max(content["categories"], key=votes.__getitem__)]
    return [with_children(jobs, winner, chosen) for winner in winners]


def with_children(jobs, winner, chosen):
    """Return a category with the majority's answers to its sub-jobs, among its voters."""
    responses = [each.get("children") or {} for each in chosen if each["name"] == winner]
    children = majority(jobs, responses)
    return {"name": winner, "children": children} if children else {"name": winner}


class PluginHandler(PluginCore):
    """Adds the majority's label when a submit completes an asset's labels."""

    def on_submit(self, label, asset_id):
        """Add the majority's label if all expected labels are there."""
        project = self.read_project()
        labels = self.latest_labels(asset_id)
        expected = project["minConsensusSize"]
        self.logger.info(f"{len(labels)} of {expected} labels")
        # The label added below counts, too, so that it is added only once, even on a platform
        # that calls a plugin for its own labels.
        if expected < 2 or len(labels) != expected:
            return
        jobs = project["jsonInterface"]["jobs"]
        agreed = majority(jobs, [each["jsonResponse"] for each in labels])
        # In a workflow with steps, a finished asset refuses a label that names no step. With newer
        # SDKs, step_name="Label" would add the label as a correction instead.
        self.kili.send_back_to_queue(asset_ids=[asset_id])
        self.kili.append_labels(
            asset_id_array=[asset_id], json_response_array=[agreed], label_type="DEFAULT"
        )
        self.logger.info(f"Agreed on {agreed}")

    def read_project(self):
        """Return the project's number of expected labels, and its interface."""
        (project,) = self.kili.projects(
            project_id=self.project_id,
            fields=["minConsensusSize", "jsonInterface"],
            disable_tqdm=True,
        )
        return project

    def latest_labels(self, asset_id):
        """Return the newest label of each labeler of an asset."""
        labels = self.kili.labels(
            project_id=self.project_id,
            asset_id=asset_id,
            type_in=["DEFAULT"],
            fields=["jsonResponse", "isLatestDefaultLabelForUser"],
            disable_tqdm=True,
        )
        return [each for each in labels if each["isLatestDefaultLabelForUser"]]
