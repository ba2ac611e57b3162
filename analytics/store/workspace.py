"""The workspace folder: lists, opens, verifies, publishes and deletes snapshots; nobody else touches its files."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from analytics.errors import RequestError, WorkspaceError, nearest
from analytics.store.manifest import Manifest, read_manifest

MANIFEST = "manifest.json"
_SEAL = ',\n "seal": "'
_CHUNK = 1 << 20


class Workspace:
    """A folder with ``snapshots/<fingerprint>/``, ``staging/`` and the key file; 0700, files 0600.

    A snapshot is written to a staging folder, flushed and renamed: it exists whole or not at all. Any number of
    processes can read.
    """

    def __init__(self, home: Path) -> None:
        """Open or create the workspace at ``home``."""
        self.home = home.resolve()
        self.snapshots_root = self.home / "snapshots"
        self._verified: set[tuple[object, ...]] = set()
        self._lock = threading.Lock()
        try:
            for folder in (self.home, self.snapshots_root, self.home / "staging"):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise WorkspaceError(
                f"The workspace {self.home.name} cannot be written: {error.strerror}."
            ) from error

    @classmethod
    def default(cls) -> Workspace:
        """The workspace of ``HANDOFF_HOME``, else ``.handoff`` in the checkout."""
        given = os.environ.get("HANDOFF_HOME")
        return cls(Path(given) if given else Path(__file__).parents[2] / ".handoff")

    def ensure_sample(self) -> Manifest:
        """The bundled sample's snapshot; imports it if it is not there yet."""
        from analytics.sample import ensure_sample

        return ensure_sample(self)

    def secret(self) -> str:
        """The key of this workspace for hashes of personal data: 22 characters, made once, mode 0600."""
        path = self.home / "key"
        try:
            return path.read_text("ascii").strip()
        except FileNotFoundError:
            descriptor, temporary = tempfile.mkstemp(dir=self.home, prefix=".key")
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(16))
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(temporary, path)  # the first process wins; a second one reads what the first wrote
            Path(temporary).unlink()
            return path.read_text("ascii").strip()

    @contextlib.contextmanager
    def staging(self) -> Iterator[Path]:
        """A private folder for one import, removed at the end whatever happens."""
        self._sweep()
        folder = Path(tempfile.mkdtemp(dir=self.home / "staging", prefix=f"{os.getpid()}-"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _sweep(self) -> None:
        """Remove staging folders that killed processes left behind; their names begin with the process number."""
        for folder in (self.home / "staging").iterdir():
            number = folder.name.partition("-")[0]
            if number.isdigit() and not Path(f"/proc/{number}").exists() and Path("/proc/self").exists():
                shutil.rmtree(folder, ignore_errors=True)

    def publish(self, folder: Path, manifest: Manifest) -> Manifest:
        """Turn a folder of finished Parquet files into a snapshot; an equal one that exists stays as it is.

        The manifest is completed with the SHA-256 of every file, all is flushed, then one rename publishes it.
        """
        final = self.snapshots_root / manifest.fingerprint
        if (final / MANIFEST).exists():
            try:
                return self.manifest(manifest.fingerprint)
            except WorkspaceError:
                self.delete(manifest.fingerprint)  # damaged since it was written: this import takes its place
        try:
            for path in sorted(folder.iterdir()):
                manifest.stored[path.name] = _sha256(path)
                path.chmod(0o600)
                _flush(path)
            target = folder / MANIFEST
            target.write_text(_sealed(manifest.to_json()), "utf-8")
            target.chmod(0o600)
            _flush(target)
            _flush(folder)
            try:
                folder.rename(final)
            except OSError:
                if not (final / MANIFEST).exists():
                    raise
                return self.manifest(manifest.fingerprint)  # another process published the same import first
            _flush(self.snapshots_root)
        except OSError as error:
            raise WorkspaceError(
                f"The snapshot could not be written: {error.strerror}. Free some space."
            ) from error
        return manifest

    def snapshots(self) -> list[Manifest]:
        """All whole snapshots, the newest import first; a damaged manifest is left out here and said on opening."""
        found = []
        for path in self.snapshots_root.glob(f"*/{MANIFEST}"):
            try:
                found.append(read_manifest(_unsealed(path.read_text("utf-8"))))
            except (ValueError, KeyError, TypeError, OSError):
                continue
        return sorted(found, key=lambda manifest: (manifest.imported_at, manifest.fingerprint), reverse=True)

    def manifest(self, fingerprint: str) -> Manifest:
        """The manifest of a snapshot, by its fingerprint or the beginning of it (at least 8 characters).

        Raises:
            RequestError: there is no such snapshot, or the beginning fits several.
            WorkspaceError: a stored file is missing or was changed since it was written.
        """
        folder = self._folder(fingerprint)
        try:
            manifest = read_manifest(_unsealed((folder / MANIFEST).read_text("utf-8")))
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise WorkspaceError(
                f"The manifest of snapshot {folder.name[:8]} is damaged; import the files again."
            ) from error
        self._verify(folder, manifest)
        return manifest

    def _folder(self, fingerprint: str) -> Path:
        names = [path.parent.name for path in self.snapshots_root.glob(f"*/{MANIFEST}")]
        found = [
            name
            for name in names
            if name == fingerprint or (len(fingerprint) >= 8 and name.startswith(fingerprint))
        ]
        if len(found) == 1:
            return self.snapshots_root / found[0]
        if not found:
            known = [name[: len(fingerprint)] for name in names]
            raise RequestError(
                f"There is no snapshot {fingerprint[:64]}{nearest(fingerprint, known)} Import the files, or list the snapshots."
            )
        raise RequestError(f"{fingerprint} fits {len(found)} snapshots; give more characters.")

    def _verify(self, folder: Path, manifest: Manifest) -> None:
        state = (manifest.fingerprint, *(_state(folder / name) for name in sorted(manifest.stored)))
        with self._lock:
            if state in self._verified:
                return
        for name, digest in manifest.stored.items():
            path = folder / name
            if not path.exists() or _sha256(path) != digest:
                raise WorkspaceError(
                    f"{name} of snapshot {manifest.fingerprint[:8]} was changed or lost after it was written; "
                    "its numbers are not shown. Import the files again."
                )
        with self._lock:
            self._verified.add(state)

    def path(self, manifest: Manifest, name: str) -> Path:
        """Where a stored file of a snapshot lies."""
        return self.snapshots_root / manifest.fingerprint / name

    def delete(self, fingerprint: str) -> None:
        """Remove a snapshot: renamed away first, so that it is gone at once."""
        folder = self._folder(fingerprint)
        grave = Path(tempfile.mkdtemp(dir=self.home / "staging", prefix=f"{os.getpid()}-")) / folder.name
        folder.rename(grave)
        shutil.rmtree(grave.parent, ignore_errors=True)


def _sealed(text: str) -> str:
    """The manifest's JSON with its own digest as the last member, so that a changed byte in it is noticed too."""
    return f'{text[:-2]}{_SEAL}{hashlib.sha256(text.encode()).hexdigest()}"\n}}'


def _unsealed(text: str) -> str:
    """The JSON without its digest; raises ``ValueError`` if it was changed. Without a digest it passes as it is."""
    body, sign, seal = text.rpartition(_SEAL)
    if not sign:
        return text
    if hashlib.sha256(f"{body}\n}}".encode()).hexdigest() + '"\n}' != seal:
        raise ValueError("the manifest does not fit its digest")
    return body + "\n}"


def _state(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is written again: size, time and place on the disk; None when it is gone."""
    try:
        facts = path.stat()
    except FileNotFoundError:
        return None
    return facts.st_size, facts.st_mtime_ns, facts.st_ino


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
