"""Merge json responses in which several people answered different jobs."""


def is_answered(answer):
    """Return whether an answer is not empty: it has a category, an annotation, a text, …"""
    return any(answer.values())


def merged(responses):
    """Merge json responses; if two of them answer the same job, the later answer wins."""
    return {
        name: answer
        for response in responses
        for name, answer in response.items()
        if is_answered(answer)
    }


def unanswered(jobs, response):
    """Return the jobs of the interface that a json response does not answer, without sub-jobs."""
    return [name for name, job in jobs.items() if not job.get("isChild") and name not in response]
