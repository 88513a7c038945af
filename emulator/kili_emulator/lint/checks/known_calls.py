"""Well-known functions by their effect; each one is named by its origin."""

from __future__ import annotations

import itertools

# Functions that open a file. Arguments: the file, the mode.
OPENERS = (
    "builtins.open",
    "io.open",
    "codecs.open",
    "gzip.open",
    "bz2.open",
    "lzma.open",
    "tarfile.open",
    "zipfile.ZipFile",
)
# Functions that fail if a file does not exist. First argument: the file.
READERS = (
    *OPENERS,
    "shutil.copy",
    "shutil.copyfile",
    "os.stat",
    "os.listdir",
    "os.scandir",
    "numpy.load",
    "numpy.loadtxt",
    "numpy.genfromtxt",
    "numpy.fromfile",
    "PIL.Image.open",
    "joblib.load",
    "torch.load",
    *(
        f"pandas.read_{kind}"
        for kind in ("csv", "excel", "feather", "json", "parquet", "pickle", "table", "xml")
    ),
)
FILE_CALLS = (
    *READERS,
    "cv2.VideoCapture",
    "cv2.imread",
    "glob.glob",
    "os.makedirs",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.unlink",
    "os.walk",
    "shutil.copytree",
    "shutil.move",
    "shutil.rmtree",
    "sqlite3.connect",
    "tempfile.mkdtemp",
    "tempfile.mkstemp",
)
# Methods of a path that fail if the file does not exist.
PATH_READERS = ("open", "read_text", "read_bytes", "iterdir", "stat")
PATH_METHODS = (
    *PATH_READERS,
    "glob",
    "mkdir",
    "rename",
    "rglob",
    "rmdir",
    "touch",
    "unlink",
    "write_bytes",
    "write_text",
)
_VERBS = ("delete", "get", "head", "options", "patch", "post", "put", "request")
NETWORK_CALLS = (
    *(f"{module}.{verb}" for module, verb in itertools.product(("requests", "httpx"), _VERBS)),
    "ftplib.FTP",
    "smtplib.SMTP",
    "smtplib.SMTP_SSL",
    "socket.create_connection",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "urllib.request.urlopen",
    "urllib.request.urlretrieve",
)
CHILDREN = ("subprocess.Popen",)
PROCESS_CALLS = (
    *CHILDREN,
    "_thread.start_new_thread",
    "os.fork",
    "os.popen",
    "os.system",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
    "subprocess.getoutput",
    "subprocess.run",
)
THREADS = ("threading.Thread", "threading.Timer")
PROCESSES = ("multiprocessing.Process", "multiprocessing.context.Process")
THREAD_CLASSES = (*THREADS, *PROCESSES)
EXECUTORS = (
    "concurrent.futures.ProcessPoolExecutor",
    "concurrent.futures.ThreadPoolExecutor",
    "concurrent.futures.process.ProcessPoolExecutor",
    "concurrent.futures.thread.ThreadPoolExecutor",
    "multiprocessing.Pool",
    "multiprocessing.pool.Pool",
    "multiprocessing.pool.ThreadPool",
)
