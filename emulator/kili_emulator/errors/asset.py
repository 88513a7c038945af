"""Errors about assets and their files (ours)."""

from __future__ import annotations

from collections.abc import Iterable

from kili_emulator.errors.kili_error import KiliError, invalid_argument, not_emulated


def asset_exists(operation: str, member: str, value: str) -> KiliError:
    """An asset has this id or external id already."""
    return invalid_argument(operation, f'an asset with the {member} "{value}" exists already')


def external_id_bracket_unbalanced(operation: str, name: str, bracket: str) -> KiliError:
    """An external id has an unbalanced bracket."""
    return invalid_argument(
        operation,
        f'the external id "{name}" has an unbalanced bracket "{bracket}": '
        "close or remove the bracket",
    )


def content_invalid(operation: str, content: str) -> KiliError:
    """The content of an asset is neither an address nor an uploaded file."""
    return invalid_argument(
        operation,
        f'the content "{content[:60]}" is neither a web address nor an uploaded file: '
        "send local files through createUploadBucketSignedUrls, as the SDK does",
    )


def content_missing(operation: str) -> KiliError:
    """An asset has no content of any kind."""
    return invalid_argument(operation, "an asset must have a content, a jsonContent or layers")


def content_not_json(operation: str, member: str, reason: str) -> KiliError:
    """A member must be JSON, or the address of JSON, and is neither."""
    return invalid_argument(
        operation, f"the {member} is neither the address of JSON nor JSON itself: {reason}"
    )


def json_metadata_invalid(operation: str, problem: str) -> KiliError:
    """The metadata of an asset contain a value that JSON cannot represent."""
    return invalid_argument(operation, f"the jsonMetadata cannot be stored: {problem}")


def media_type_not_supported(operation: str, media_type: str, input_type: str) -> KiliError:
    """An uploaded file has a media type that the project does not accept."""
    return invalid_argument(
        operation,
        f'a project of type {input_type} does not accept the type "{media_type}" of the uploaded '
        "file: choose another file, or send the right Content-Type with the PUT request",
    )


def video_frames_invalid(operation: str) -> KiliError:
    """The JSON content of a video does not list its frames."""
    return invalid_argument(
        operation,
        "the jsonContent of a video must list its frames: "
        '{"0": address, "1": address, …}, or a list of addresses',
    )


def layers_invalid(operation: str) -> KiliError:
    """An element of ``multiLayerContentArray`` is not a list of layers, or has a content too."""
    return invalid_argument(
        operation,
        "each element of multiLayerContentArray must be a list of layers, "
        '{"name": name, "url": address}, and the asset must have no content',
    )


def conversation_not_emulated(operation: str, input_type: str) -> KiliError:
    """A client adds an asset to a project of conversations."""
    return not_emulated(
        operation,
        f"adding an asset to a project of type {input_type}",
        "import conversations as files into a project of type LLM_RLHF",
    )


def upload_type_mismatch(operation: str, input_type: str, known: Iterable[str]) -> KiliError:
    """The upload type does not fit the input type of the project."""
    remedy = f"give one of {', '.join(known)}" if known else "add the assets with appendManyAssets"
    return invalid_argument(
        operation, f"the uploadType does not fit a project of type {input_type}: {remedy}"
    )


def cutting_not_emulated(operation: str) -> KiliError:
    """The parameters of a video ask to cut it into frames."""
    return not_emulated(
        operation,
        "cutting a video into frames",
        'send the frames as json_content, or keep the video whole with "shouldUseNativeVideo": true'
        " in its processingParameters",
    )


def resolution_not_positive(operation: str) -> KiliError:
    """The width or height of an image or a page is not positive."""
    return invalid_argument(operation, "width and height must be greater than 0")


def page_numbers_invalid(operation: str) -> KiliError:
    """Page numbers are missing, repeated or less than 1."""
    return invalid_argument(
        operation, "the page numbers of pageResolutions must start at 1 and be unique"
    )


def asset_not_found(asset_id: str) -> KiliError:
    """No visible asset has the id that a query asks for."""
    return invalid_argument("asset", f'no asset that you can see has the id "{asset_id}"')


def upload_not_found(operation: str, path: str) -> KiliError:
    """A mutation names a signed URL to which no file was uploaded."""
    return invalid_argument(
        operation, f'nothing was uploaded to "{path}": PUT the file there first'
    )


def upload_path_invalid(path: str) -> KiliError:
    """A client asks for an upload URL with a path of the wrong form."""
    return invalid_argument(
        "createUploadBucketSignedUrls",
        f'"{path}" is not of the form "projects/<project id>/assets/<asset id>/<name>"',
    )


def skip_not_allowed(operation: str) -> KiliError:
    """The project does not allow skipping assets."""
    return invalid_argument(
        operation,
        "assets of this project cannot be skipped: set canSkipAsset of the project to true",
    )
