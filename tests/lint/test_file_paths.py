"""KP60x: files that exist on the author's machine, but not on the platform."""

from __future__ import annotations

import pytest

from tests.lint.marked_source import Files, expected_findings, in_handler, lint, lint_findings

TOP = (
    "import os, json, shutil, subprocess, zipfile\n"
    "import os.path as osp\nimport numpy as np\nimport pandas as pd\n"
    "from pathlib import Path\nHERE = Path(__file__).parent\n"
)


@pytest.mark.parametrize(
    "body",
    [
        "print('/home/me/x')  # KP601",
        "print('/Users/me/x')  # KP601",
        "print('~/x')  # KP601",
        "print('~me/x')  # KP601",
        "print('C:\\\\Users\\\\me')  # KP601",
        "print('D:/data')  # KP601",
        "print('/mnt/data/x')  # KP601",
        "print(f'/home/me/{label}')  # KP601",
        "print('/tmp/x', '/etc/hosts', '/home/', '~', 'C:', 'https://home/x', 'a://b/c')",
        "print(' /home/me')",
        "'''/home/me/x is documentation'''",
        "open('/home/me/x.csv')  # KP601",
    ],
)
def test_reports_paths_of_the_authors_machine(body: str) -> None:
    source = in_handler(body, TOP)
    assert lint_findings(source) == expected_findings(source)


@pytest.mark.parametrize(
    "body",
    [
        "open('x.csv')  # KP602",
        "open('x.csv', 'r')  # KP602",
        "open('x.csv', mode='rb')  # KP602",
        "open('./data/x.csv')  # KP602",
        "with open('x.csv') as f:  # KP602\n    f.read()",
        "Path('x.csv').read_text()  # KP602",
        "Path('x.csv').open()  # KP602",
        "Path('data', 'x.csv').read_bytes()  # KP602",
        "(HERE / 'x.csv').read_text()  # KP602",
        "HERE.joinpath('data').joinpath('x.csv').read_text()  # KP602",
        "Path(__file__).with_name('x.csv').read_text()  # KP602",
        "Path(__file__).resolve().parent.joinpath('x.csv').open('rb')  # KP602",
        "open(os.path.join(os.path.dirname(__file__), 'x.csv'))  # KP602",
        "open(osp.join(osp.dirname(osp.abspath(__file__)), 'data', 'x.csv'))  # KP602",
        "name = 'x.csv'\nopen(name)  # KP602",
        "np.load('x.npy')  # KP602",
        "pd.read_csv('x.csv', ';')  # KP602",
        "zipfile.ZipFile('x.zip')  # KP602",
        "os.listdir('data')  # KP602",
        "shutil.copy('x.csv', '/tmp/x.csv')  # KP602",
        "shutil.copy('/tmp/x.csv', 'x.csv')\nopen('x.csv')",
        "Path('data').iterdir()  # KP602",
        "list(Path('data').glob('*'))",
        "open('x.csv', 'w')",
        "open('x.csv', 'a').write('')\nopen('x.csv').read()",
        "Path('x.csv').write_text('')\nPath('x.csv').read_text()",
        "pd.DataFrame().to_csv('x.csv')\nopen('x.csv')",
        "self.kili.export_labels(self.project_id, 'x.zip', 'kili')\nzipfile.ZipFile('x.zip')",
        "print('x.csv')\nopen('x.csv')  # KP602",
        "subprocess.run(['ffmpeg', '-i', label['url'], 'x.wav'])\nopen('x.wav', 'rb')",
        "zipfile.ZipFile(label['path']).extractall()\nopen('x.csv')",
        "zipfile.ZipFile(label['path']).extractall()\n(HERE / 'x.csv').open()  # KP602",
        "open('x.csv', label['mode'])",
        "open(label['x'])",
        "open(__file__)",
        "open('requirements.txt')",
        "open('main.py')",
        "open('/tmp/x.csv')",
        "pd.read_csv('https://e.org/x.csv')",
        "'x.csv'.open()",
        "if os.path.exists('x.csv'):\n    open('x.csv')",
        "if (HERE / 'x.csv').is_file():\n    (HERE / 'x.csv').read_text()",
        "if not os.path.isfile('x.csv'):\n    return\nopen('x.csv')",
        "try:\n    open('x.csv')\nexcept FileNotFoundError:\n    pass",
        "try:\n    open('x.csv')\nexcept Exception:\n    pass",
        "try:\n    open('x.csv')  # KP602\nexcept ValueError:\n    pass",
        "try:\n    pass\nexcept OSError:\n    open('x.csv')  # KP602",
    ],
)
def test_reports_files_that_are_read_and_not_uploaded(body: str) -> None:
    source = in_handler(body, TOP).replace("export_labels", "labels")
    kept = [each for each in lint_findings(source) if each[2] not in ("KP901", "KP904")]
    assert kept == expected_findings(source)


def test_paths_are_relative_to_the_folder_of_the_module() -> None:
    files: Files = {
        "main.py": in_handler("load()", "from pack.load import load"),
        "pack/load.py": "from pathlib import Path\ndef load():\n"
        "    (Path(__file__).parent / 'x.json').read_text()  # KP602\n"
        "    (Path(__file__).parent.parent / 'main.py').read_text()\n",
    }
    assert lint_findings(files) == expected_findings(files)
    assert "pack/x.json" in lint(files)[0].reason


@pytest.mark.parametrize(
    "body",
    [
        "print('prices.csv')  # KP603",
        "print('./data/deep.json')  # KP603",
        "print('deep.json')  # KP603",
        "print('other.csv', 'LICENSE', 'the prices.csv')",
        "open('prices.csv')  # KP602",
        "name = 'prices.csv'\nopen(name)  # KP602",
    ],
)
def test_reports_named_files_that_are_not_uploaded(body: str) -> None:
    source = in_handler(body)
    others = frozenset({"prices.csv", "data/deep.json", "LICENSE"})
    assert lint_findings(source, others=others) == expected_findings(source)
