"""The platform's errors, and every message that a user of the API can see.

A business error reads ``[<key>] <sentence> -- This can be due to: <detail> | trace : false``
(contract/errors.md#format) and carries a code that clients find in ``extensions.code``. Each
function below makes one such error, ready to be raised; messages marked "ours" have no recorded
original.
"""

from emulator.errors.access import *
from emulator.errors.api_key import *
from emulator.errors.argument import *
from emulator.errors.asset import *
from emulator.errors.base import *
from emulator.errors.document import *
from emulator.errors.issue import *
from emulator.errors.label import *
from emulator.errors.lookup import *
from emulator.errors.member import *
from emulator.errors.notification import *
from emulator.errors.organization import *
from emulator.errors.plugin import *
from emulator.errors.project import *
from emulator.errors.request import *
from emulator.errors.simulated_user import *
from emulator.errors.storage import *
from emulator.errors.tag import *
from emulator.errors.user import *
from emulator.errors.why import *
from emulator.errors.workflow import *
from emulator.errors.world import *
