"""The README of a bundle: what it is, what is in it, and the one command."""

from __future__ import annotations

from kili_emulator.domain.run_view import RunDetails
from kili_emulator.replays.bundle_form import Manifest

_TEXT = """\
# A run of the plugin {plugin}

This archive is a bug bundle of Kili Emulator. It has what is needed to repeat one run of a plugin:
`{called}` on {start}, which ended as {outcome}{reason}.

    kili-emulator bundle run THIS_FILE.zip

repeats the run, without a server and without a network, and says whether it ends in the same way.
`--pdb` stops in the handler, `--plugin PATH` tries edited code, and
`kili-emulator bundle pytest THIS_FILE.zip -o test_bug.py` writes a test.

**A bundle is code.** The command runs what is in `plugin/` and `other-plugins/`, with the rights of
your user. Read it first, if the bundle is not from somebody whom you trust.

| entry | content |
| --- | --- |
| `plugin/` | the code that ran |
| `payload.json` | the arguments of the handler |
| `record.json`, `logs.txt` | the outcome, the API calls and the log of the run |
| `world/` | the documents before the run: only what the plugin could read{scope} |
| `files/` | the files of assets, by the SHA-256 of their content |
| `other-plugins/` | the code of other plugins that changes of the run may call |
| `bundle.json` | versions, settings, clock, seeds, and the files that were left out |

Made with Kili Emulator {emulator}, Python {python}, kili {sdk}. The API keys, passwords,
tokens and webhook headers of the emulator are not in it. The documents of the projects are, with
the names and e-mail addresses of the users of the organization, and so is what the authors of the
plugin wrote into its code or its log: look for passwords of other services before you hand it on.
"""


def make_readme(manifest: Manifest, record: RunDetails) -> str:
    """Return the text of the README."""
    versions = manifest["versions"]
    text = _TEXT.format(
        plugin=manifest["plugin"],
        called=manifest["called"],
        start=manifest["start"],
        outcome=record["outcome"],
        reason=f" ({record['headline']})" if record["headline"] else "",
        scope="" if manifest["projects"] else ", and all other projects",
        emulator=versions["emulator"],
        python=versions["python"],
        sdk=versions["sdk"],
    )
    notes = "".join(f"- {each}\n" for each in manifest["notes"])
    return f"{text}\n{notes}" if notes else text
