"""What is refused about assets and their files (ours)."""

from __future__ import annotations

from emulator.errors.base import KiliError, not_emulated, wrong


def asset_exists(operation: str, member: str, value: str) -> KiliError:
    """An asset has this id or external id already."""
    return wrong(operation, f'an asset with the {member} "{value}" exists already')


def content_refused(operation: str, content: str) -> KiliError:
    """An asset's content is nothing that could be shown."""
    return wrong(
        operation,
        f'the content "{content[:60]}" is neither a web address nor an uploaded file: '
        "send local files through createUploadBucketSignedUrls, as the SDK does",
    )


def upload_not_found(operation: str, path: str) -> KiliError:
    """A signed URL is used before anything was uploaded to it."""
    return wrong(operation, f'nothing was uploaded to "{path}": PUT the file there first')


def file_path_refused(path: str) -> KiliError:
    """A signed upload URL was asked for a place that is not the project's."""
    return wrong(
        "createUploadBucketSignedUrls",
        f'"{path}" is not of the form "projects/<project id>/assets/<asset id>/<name>"',
    )


def skip_refused(operation: str) -> KiliError:
    """The project does not let assets be skipped."""
    return wrong(operation, "assets of this project can't be skipped: canSkipAsset is false")


def honeypot_not_emulated(operation: str) -> KiliError:
    """An asset is to be a honeypot."""
    return not_emulated(operation, "a honeypot asset", "leave isHoneypot out")
