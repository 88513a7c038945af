"""Cases of plugins."""

from __future__ import annotations

from tests.contract.methods import case

_PLUGIN = '''
import time

plugin = folder / "plugin"
plugin.mkdir()
(plugin / "main.py").write_text("""
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print("submitted " + asset_id)
""")
is_file = version == "2.125.2"  # later ones take a folder or a file
source = plugin / "main.py" if is_file else plugin
'''


def _with_plugin(code: str) -> str:
    """Return a case's code after code that writes a plugin, which is not uploaded yet."""
    return _PLUGIN + code


def _with_receiver(code: str) -> str:
    """Return a case's code after code that starts a server at ``url`` and stores its requests."""
    return _RECEIVER + code


_RECEIVER = """
import http.server
import json
import threading

received = []

class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        received.append((self.headers["Authorization"], json.loads(body)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass

listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=listening.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{listening.server_port}/hook"
"""

_UPLOADED = 'kili.upload_plugin(str(source), "Counter")\n'
_ACTIVE = _UPLOADED + 'kili.activate_plugin_on_project("Counter", project_id=project_id)\n'

CASES = [
    case(
        "upload_plugin",
        sends=("Mutation.createPlugin", "Mutation.createPluginRunner"),
        code=_with_plugin(
            _UPLOADED + 'assert [each["name"] for each in kili.list_plugins()] == ["Counter"]\n'
            'assert kili.get_plugin_status("Counter") == "ACTIVE"\n'
        ),
    ),
    case(
        "list_plugins",
        sends="Query.listPlugins",
        code=_with_plugin(
            "assert kili.list_plugins() == []\n" + _ACTIVE + "(found,) = kili.list_plugins()\n"
            'assert (found["name"], found["projectIds"]) == ("Counter", [project_id])\n'
        ),
    ),
    case(
        "get_plugin_status",
        sends="Query.getPluginRunnerStatus",
        code=_with_plugin(_UPLOADED + 'assert kili.get_plugin_status("Counter") == "ACTIVE"\n'),
    ),
    case(
        "activate_plugin_on_project",
        sends="Mutation.activatePluginOnProject",
        code=_with_plugin(
            _UPLOADED
            + 'kili.activate_plugin_on_project("Counter", project_id=project_id)\n'
            + 'assert kili.list_plugins()[0]["projectIds"] == [project_id]\n'
        ),
    ),
    case(
        "deactivate_plugin_on_project",
        sends="Mutation.deactivatePluginOnProject",
        code=_with_plugin(
            _ACTIVE
            + 'kili.deactivate_plugin_on_project("Counter", project_id=project_id)\n'
            + 'assert kili.list_plugins()[0]["projectIds"] == []\n'
        ),
    ),
    case(
        "delete_plugin",
        sends="Mutation.deletePlugin",
        code=_with_plugin(
            _UPLOADED + 'kili.delete_plugin("Counter")\n' + "assert kili.list_plugins() == []\n"
        ),
    ),
    case(
        "get_plugin_logs",
        sends="Query.getPluginLogs",
        code=_with_plugin(
            _ACTIVE
            + "kili.append_labels([asset['aquarium']], [EASY])\n"
            + "logs = kili.get_plugin_logs(project_id=project_id, plugin_name='Counter')\n"
            + "assert 'submitted ' + asset['aquarium'] in logs\n"
        ),
    ),
    case(
        "get_plugin_build_errors",
        sends="Query.getPluginBuildErrors",
        code=_with_plugin(
            _UPLOADED
            + "import json\n"
            + "assert json.loads(kili.get_plugin_build_errors('Counter')) == []\n"
        ),
        since="2.140.3",
    ),
    case(
        "update_plugin",
        sends=("Mutation.updatePluginRunner", "Query.getPluginRunnerStatus"),
        code=_with_plugin(
            _ACTIVE
            + "main = plugin / 'main.py'\n"
            + "main.write_text(main.read_text().replace('submitted', 'seen'))\n"
            + "kili.update_plugin(str(source), 'Counter')\n"
            + "kili.append_labels([asset['aquarium']], [EASY])\n"
            + "logs = kili.get_plugin_logs(project_id=project_id, plugin_name='Counter')\n"
            + "assert 'seen ' + asset['aquarium'] in logs\n"
        ),
    ),
    case(
        "create_webhook",
        sends="Mutation.createWebhook",
        code=_with_receiver(
            "kili.create_webhook(webhook_url=url, plugin_name='Hook', header='open sesame')\n"
            "kili.activate_plugin_on_project('Hook', project_id=project_id)\n"
            "kili.append_labels([asset['aquarium']], [EASY])\n"
            "((header, body),) = received\n"
            "assert header == 'open sesame'\n"
            "assert body['payload']['asset_id'] == asset['aquarium']\n"
        ),
    ),
    case(
        "update_webhook",
        sends="Mutation.updateWebhook",
        code=_with_receiver(
            "kili.create_webhook(webhook_url='http://127.0.0.1:9/', plugin_name='Hook')\n"
            "kili.activate_plugin_on_project('Hook', project_id=project_id)\n"
            "kili.update_webhook(new_webhook_url=url, plugin_name='Hook', new_header='changed')\n"
            "kili.append_labels([asset['aquarium']], [EASY])\n"
            "assert [header for header, _ in received] == ['changed']\n"
        ),
    ),
]
