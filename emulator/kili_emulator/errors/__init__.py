"""The errors of the API, and every error message that a user of the API can see.

A business error reads ``[<key>] <sentence> -- This can be due to: <detail> | trace : false``
(contract/errors.md#format) and has a code, which clients find in ``extensions.code``.

Each function makes one error, ready to be raised; its docstring states the situation that the error
reports. "(recorded)" marks texts that are recorded from the platform, "(ours)" texts that have no
recorded original. Upper-case constants are templates for the details of an error.

This room imports no other room.

Imported by: api, app, cli, client, data_folder, domain, folder_lock, http, observe, plugins,
recording, replays, rules, scenario, services, storage, testing, transfer.
"""

from kili_emulator.errors.access import *
from kili_emulator.errors.api_key import *
from kili_emulator.errors.argument import *
from kili_emulator.errors.asset import *
from kili_emulator.errors.cassette import *
from kili_emulator.errors.clock import *
from kili_emulator.errors.fault import *
from kili_emulator.errors.graphql_document import *
from kili_emulator.errors.issue import *
from kili_emulator.errors.kili_error import *
from kili_emulator.errors.label import *
from kili_emulator.errors.lookup import *
from kili_emulator.errors.member import *
from kili_emulator.errors.notification import *
from kili_emulator.errors.organization import *
from kili_emulator.errors.plugin import *
from kili_emulator.errors.project import *
from kili_emulator.errors.replay import *
from kili_emulator.errors.request import *
from kili_emulator.errors.simulated_user import *
from kili_emulator.errors.storage import *
from kili_emulator.errors.tag import *
from kili_emulator.errors.timeline import *
from kili_emulator.errors.transfer import *
from kili_emulator.errors.user import *
from kili_emulator.errors.why import *
from kili_emulator.errors.workflow import *
from kili_emulator.errors.world import *
