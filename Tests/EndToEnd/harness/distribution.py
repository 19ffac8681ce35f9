"""Tarballs as `install.sh --dist` makes them, and others made from them."""

from __future__ import annotations

import hashlib
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

from .instance import install


def make(folder: Path) -> Path:
    """The tarball of the release binary."""
    made = install("--dist", "--no-build", "--destdir", str(folder), limit=120)
    assert made.returncode == 0, made.stdout
    (tarball,) = folder.glob("brook-*.tar.gz")
    return tarball


def remake(tarball: Path, folder: Path, change: Callable[[Path], None]) -> Path:
    """Another tarball: this one with its files changed, and with checksums that are right again."""
    folder.mkdir()
    with tarfile.open(tarball) as archive:
        archive.extractall(folder, filter="data")
    (root,) = folder.iterdir()
    change(root)
    files = sorted(path for path in root.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  ./{path.relative_to(root)}\n" for path in files]
    (root / "SHA256SUMS").write_text("".join(lines))
    other = folder / tarball.name
    with tarfile.open(other, "w:gz", compresslevel=1) as archive:
        archive.add(root, root.name)
    return other


def other_build(tarball: Path, folder: Path) -> Path:
    """The same program with a section more, as another build of it has other bytes."""

    def change(root: Path) -> None:
        note = root.parent / "note"
        note.write_text("another build")
        command = ["objcopy", "--add-section", f".another={note}", str(root / "brook")]
        subprocess.run(command, check=True, timeout=60)
        note.unlink()

    return remake(tarball, folder, change)
