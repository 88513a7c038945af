"""What is refused about assets and their files (ours)."""

from __future__ import annotations

from collections.abc import Iterable

from kili_emulator.errors.kili_error import KiliError, invalid_argument, not_emulated


def asset_exists(operation: str, member: str, value: str) -> KiliError:
    """An asset has this id or external id already."""
    return invalid_argument(operation, f'an asset with the {member} "{value}" exists already')


def external_id_bracket_unbalanced(operation: str, name: str, bracket: str) -> KiliError:
    """An external id has a bracket without its counterpart."""
    return invalid_argument(
        operation,
        f'the external id "{name}" has a "{bracket}" without its counterpart: '
        "close the bracket, or leave it out",
    )


def content_invalid(operation: str, content: str) -> KiliError:
    """An asset's content is nothing that could be shown."""
    return invalid_argument(
        operation,
        f'the content "{content[:60]}" is neither a web address nor an uploaded file: '
        "send local files through createUploadBucketSignedUrls, as the SDK does",
    )


def content_missing(operation: str) -> KiliError:
    """An asset has nothing to show."""
    return invalid_argument(operation, "an asset needs a content, a jsonContent or layers")


def content_not_json(operation: str, member: str, reason: str) -> KiliError:
    """What must be JSON is none."""
    return invalid_argument(
        operation, f"the {member} is neither the address of JSON nor JSON itself: {reason}"
    )


def json_metadata_invalid(operation: str, problem: str) -> KiliError:
    """An asset's metadata hold a value that JSON does not have."""
    return invalid_argument(operation, f"the jsonMetadata cannot be stored: {problem}")


def media_type_not_supported(operation: str, media_type: str, input_type: str) -> KiliError:
    """An uploaded file is of another kind than the assets of the project."""
    return invalid_argument(
        operation,
        f'the uploaded file has the type "{media_type}", which a project of type {input_type} '
        "does not take: choose another file, or say its Content-Type when you PUT it",
    )


def video_frames_invalid(operation: str) -> KiliError:
    """The JSON content of a video does not say its frames."""
    return invalid_argument(
        operation,
        "the jsonContent of a video must be its frames: "
        '{"0": address, "1": address, …}, or a list of addresses',
    )


def layers_invalid(operation: str) -> KiliError:
    """An asset of several layers is not described as such."""
    return invalid_argument(
        operation,
        "each element of multiLayerContentArray must be a list of layers, "
        '{"name": name, "url": address}, and its content be left out',
    )


def conversation_not_emulated(operation: str, input_type: str) -> KiliError:
    """An asset is to be added to a project whose assets are chats."""
    return not_emulated(
        operation,
        f"an asset of a project of type {input_type}",
        "import conversations as files into a project of type LLM_RLHF",
    )


def upload_type_mismatch(operation: str, input_type: str, known: Iterable[str]) -> KiliError:
    """Assets of the project are not processed in that way."""
    remedy = f"give one of {', '.join(known)}" if known else "add them with appendManyAssets"
    return invalid_argument(
        operation, f"the uploadType does not fit a project of type {input_type}: {remedy}"
    )


def cutting_not_emulated(operation: str) -> KiliError:
    """A video is to be cut into pictures."""
    return not_emulated(
        operation,
        "cutting a video into frames",
        'send the frames as json_content, or keep the video whole with "shouldUseNativeVideo": true'
        " in its processingParameters",
    )


def resolution_not_positive(operation: str) -> KiliError:
    """A picture or a page has no size."""
    return invalid_argument(operation, "width and height must be greater than 0")


def page_numbers_invalid(operation: str) -> KiliError:
    """Pages are not told apart."""
    return invalid_argument(
        operation, "pageResolutions must have page numbers from 1 on, each once"
    )


def asset_not_found(asset_id: str) -> KiliError:
    """No visible asset has the id that a query asks for."""
    return invalid_argument("asset", f'no asset has the id "{asset_id}", or it is not yours to see')


def upload_not_found(operation: str, path: str) -> KiliError:
    """A signed URL is used before anything was uploaded to it."""
    return invalid_argument(
        operation, f'nothing was uploaded to "{path}": PUT the file there first'
    )


def upload_path_invalid(path: str) -> KiliError:
    """A signed upload URL was asked for a place that is not the project's."""
    return invalid_argument(
        "createUploadBucketSignedUrls",
        f'"{path}" is not of the form "projects/<project id>/assets/<asset id>/<name>"',
    )


def skip_not_allowed(operation: str) -> KiliError:
    """The project does not let assets be skipped."""
    return invalid_argument(
        operation, "assets of this project can't be skipped: canSkipAsset is false"
    )
