"""The service's messages as Python classes, made from protos/ by protoc when this module is imported.

Nothing generated lies in the repository. A program that ships its own copy of the generated modules (``features.v1.*_pb2``) on
its path is served by that and needs no protoc.
"""

import importlib
import pathlib
import shutil
import subprocess
import sys
import tempfile

_HERE = pathlib.Path(__file__).resolve().parent
_PROTOS = _HERE.parent.parent / "protos"
_MODULES = ("rows", "columns", "feature_vectors_service", "feature_views_service", "cluster_service")


def _load():
    return [importlib.import_module(f"features.v1.{name}_pb2") for name in _MODULES] + [importlib.import_module("error_details_pb2")]


def _generate(folder):
    """Runs protoc on the whole contract: its files import each other."""
    protoc = shutil.which("protoc")
    if protoc is None:
        raise ImportError("protoc is not on the path: install it (Debian: protobuf-compiler)")
    contract = sorted(path.relative_to(_PROTOS).as_posix() for path in _PROTOS.glob("features/v1/*.proto"))
    files = contract + ["error_details.proto"]
    done = subprocess.run(
        [protoc, f"-I{_PROTOS}", f"-I{_HERE}", f"--python_out={folder}", *files], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ImportError(f"protoc could not read {_PROTOS}: {done.stderr.strip()}")


def _load_or_generate():
    try:
        return _load()
    except ModuleNotFoundError as missing:
        if missing.name not in ("features", "features.v1", "error_details_pb2"):
            raise
    with tempfile.TemporaryDirectory(prefix="feature-messages-") as folder:
        _generate(folder)
        sys.path.insert(0, folder)
        importlib.invalidate_caches()
        try:
            return _load()
        finally:
            sys.path.remove(folder)


rows, columns, vectors, views, cluster, errors = _load_or_generate()
