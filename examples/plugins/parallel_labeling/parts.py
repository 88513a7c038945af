"""Puts together what several people say about different jobs."""


def is_answered(answer):
    """Whether an answer says anything: has a category, an annotation, a text, …"""
    return any(answer.values())


def merged(responses):
    """One json response of several; where two people answer the same job, the later one counts."""
    return {
        name: answer
        for response in responses
        for name, answer in response.items()
        if is_answered(answer)
    }


def unanswered(jobs, response):
    """The jobs of the interface that a json response lacks; those below others do not count."""
    return [name for name, job in jobs.items() if not job.get("isChild") and name not in response]
