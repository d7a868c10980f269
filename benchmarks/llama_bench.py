"""Build llama.cpp's benches from the very source that the embedded engine's wheel was made of: xllamacpp's source package carries it.

    python benchmarks/llama_bench.py FOLDER

Needs cmake and a C++ compiler, and takes some ten minutes on two cores. The build is llama.cpp's default one for this machine, while the
wheel is made for any processor with AVX2: where the native build is faster, that too is what the wheel costs. A package index without
the source package of the installed version ends this with pip's own words.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path

TARGETS = ("llama-bench", "llama-batched-bench")
OFF = (
    "LLAMA_CURL",
    "LLAMA_OPENSSL",
    "LLAMA_BUILD_SERVER",
    "LLAMA_BUILD_TESTS",
    "LLAMA_BUILD_EXAMPLES",
    "BUILD_SHARED_LIBS",
)


def source(into: Path) -> Path:
    """The unpacked llama.cpp of the installed xllamacpp."""
    wanted = f"xllamacpp=={version('xllamacpp')}"
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--no-binary",
        "xllamacpp",
        "-d",
        str(into),
        wanted,
    ]
    subprocess.run(command, check=True)
    with tarfile.open(next(into.glob("xllamacpp-*.tar.gz"))) as archive:
        archive.extractall(into, filter="data")
    return next(into.glob("xllamacpp-*/thirdparty/llama.cpp"))


def build(llama: Path, into: Path) -> None:
    """Both benches, in `into`/bin."""
    chosen = ["-DCMAKE_BUILD_TYPE=Release", *(f"-D{name}=OFF" for name in OFF)]
    subprocess.run(["cmake", "-S", str(llama), "-B", str(into), *chosen], check=True)
    jobs = str(os.cpu_count() or 2)
    subprocess.run(["cmake", "--build", str(into), "--parallel", jobs, "--target", *TARGETS], check=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    home = parser.parse_args().folder.absolute() / "llama.cpp"
    with tempfile.TemporaryDirectory() as unpacked:
        build(source(Path(unpacked)), home)
    print(f"built {', '.join(TARGETS)} in {home / 'bin'}")
