"""Run code with one SDK, in the environment of this SDK, for a test in another process.

``tests/kit/sdk_process.py`` starts this program. It reads one JSON request per line from stdin, and
writes one JSON answer per line to the original stdout. The answer contains the output of the code.
This module needs only Python 3.8 and its standard library.

Request: ``{"id", "code", "namespace", "env", "cwd", "timeout"}``. Code runs like the cell
of a notebook: a namespace keeps its variables, environment and working directory between cells,
IPython lines (``!pip ...``) are skipped, and the value of the cell is that of its last expression.
"""

import argparse
import ast
import contextlib
import faulthandler
import importlib
import io
import json
import linecache
import os
import re
import sys
import traceback
import types
from pathlib import Path

IPYTHON_LINE = re.compile(r"^(\s*)[!%].*$", re.MULTILINE)


class OutputBuffer(io.TextIOBase):
    """A standard stream that buffers text until :meth:`take` is called.

    The process never replaces it, because loggers keep the stream that they found first.
    """

    encoding = "utf-8"

    def __init__(self):
        self._parts = []

    def writable(self):
        return True

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._parts.append(text)
        return len(text)

    def close(self):
        """Keep the stream open, because the next cell writes to it, too."""

    def take(self):
        parts, self._parts = self._parts, []
        return "".join(parts)


class Namespace:
    """The state that a notebook keeps between its cells: variables, environment and folder."""

    def __init__(self):
        self.module = types.ModuleType("__main__")
        self.environment = dict(os.environ)
        self.folder = Path.cwd()
        self.cells = 0

    @contextlib.contextmanager
    def activated(self):
        """Restore the process state of this namespace for one cell."""
        environment, folder, main = dict(os.environ), Path.cwd(), sys.modules["__main__"]
        set_environment(self.environment)
        os.chdir(self.folder)
        sys.modules["__main__"] = self.module
        try:
            yield
        finally:
            self.environment = dict(os.environ)
            with contextlib.suppress(OSError):  # the folder may have been removed
                self.folder = Path.cwd()
            set_environment(environment)
            os.chdir(folder)
            sys.modules["__main__"] = main

    def run(self, code):
        """Execute one cell and return the value of its last expression."""
        self.cells += 1
        name = f"<cell {self.cells} of {id(self):x}>"
        tree, code = parse(code, name)
        linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        variables = self.module.__dict__
        exec(compile(tree, name, "exec"), variables)
        if last is None:
            return None
        return eval(compile(ast.Expression(last.value), name, "eval"), variables)


def parse(code, name):
    """Return the syntax tree of a cell, and the parsed code: without IPython lines if necessary."""
    try:
        return ast.parse(code, name), code
    except SyntaxError:
        plain = IPYTHON_LINE.sub(r"\1pass", code)
        if plain == code:
            raise
        return ast.parse(plain, name), plain


def set_environment(new_environment):
    for name in set(os.environ) - set(new_environment):
        del os.environ[name]
    os.environ.update(new_environment)


def answer_to(request, namespaces):
    """Execute the code of a request, and return the answer; exceptions become part of it."""
    namespace = namespaces.setdefault(request["namespace"], Namespace())
    answer = {"id": request["id"], "value": None, "repr": None, "error": None}
    for name, value in (request.get("env") or {}).items():
        namespace.environment.pop(name, None)
        if value is not None:
            namespace.environment[name] = value
    try:
        namespace.folder = request.get("cwd") or namespace.folder
        with namespace.activated():
            value = namespace.run(request["code"])
            answer["repr"] = None if value is None else repr(value)
        answer["value"] = json_value(value)
    except BaseException as error:
        answer["error"] = describe(error)
    return answer


def json_value(value):
    try:
        return json.loads(json.dumps(value))
    except (TypeError, ValueError, RecursionError):
        return None


def describe(error):
    try:
        message = str(error)
    except Exception as broken:
        message = f"<no text: {broken!r}>"
    return {
        "type": type(error).__name__,
        "message": message,
        "traceback": "".join(traceback.format_exception(type(error), error, cell_traceback(error))),
    }


def cell_traceback(error):
    """Return the traceback from the first frame of the cell on."""
    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_code.co_filename == __file__:
        frame = frame.tb_next
    return frame


def apply_fast_sdk(path):
    """Enter ``fast_sdk()`` of the given file; it stays active while the result is referenced.

    The folder of the file is a package, in which the file finds its neighbours.
    """
    package = types.ModuleType("_fast_sdk")
    package.__path__ = [str(Path(path).parent)]
    sys.modules[package.__name__] = package
    module = importlib.import_module(f"{package.__name__}.{Path(path).stem}")
    patched = module.fast_sdk()
    patched.__enter__()
    return patched


def open_pipes():
    """Return the pipes to the parent, and free the standard descriptors for the executed code."""
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8", newline="\n")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, answers


def main():
    """Answer requests until stdin ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--fast", metavar="FILE", help="a file with a context manager fast_sdk()")
    parser.add_argument("--stacks", metavar="FILE", help="where to write stacks at a time-out")
    options = parser.parse_args()
    requests, answers = open_pipes()
    out, err = OutputBuffer(), OutputBuffer()
    sys.stdout, sys.stderr = out, err
    sys.path[0] = ""  # the working directory, as in a notebook
    faulthandler.enable(2)
    namespaces = {}

    def send(answer):
        answer.update(stdout=out.take(), stderr=err.take())
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    with contextlib.ExitStack() as stack:
        stacks = stack.enter_context(Path(options.stacks or os.devnull).open("w"))
        try:
            fast = apply_fast_sdk(options.fast) if options.fast else None
        except BaseException as error:
            send({"id": None, "error": describe(error)})
            return
        send({"id": None, "error": None})
        for line in requests:
            request = json.loads(line)
            if request.get("timeout"):
                faulthandler.dump_traceback_later(request["timeout"], file=stacks)
            answer = answer_to(request, namespaces)
            faulthandler.cancel_dump_traceback_later()
            send(answer)
        del fast


if __name__ == "__main__":
    main()
