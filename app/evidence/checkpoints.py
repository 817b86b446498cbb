"""Signed checkpoints of audit chains, kept in a second place: a cut tail shows, even to who has no database.

One file of JSON lines per institution. Each line is signed on its own (Ed25519); the public key lies beside them.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.db.columns import canonical_json
from app.evidence.errors import CheckpointError
from app.evidence.tables import KEYED, UNKEYED


@dataclass(frozen=True)
class Checkpoint:
    """The chain of an institution had ``hash`` at entry ``seq``, in the form ``version`` of entries."""

    institution_id: str
    seq: int
    hash: str
    at: datetime
    version: int = KEYED

    def message(self) -> bytes:
        """The bytes that are signed. Lines from before entries were keyed name no version."""
        at = self.at.isoformat(timespec="microseconds")
        value: dict[str, str | int] = {"institution": self.institution_id, "seq": self.seq, "hash": self.hash, "at": at}
        return canonical_json(value if self.version == UNKEYED else {**value, "version": self.version}).encode()


@dataclass(frozen=True)
class ReadCheckpoints:
    """The checkpoints of a file whose signature holds, and the numbers (from 1) of the lines whose does not."""

    valid: tuple[Checkpoint, ...]
    forged_lines: tuple[int, ...]


class Checkpoints:
    """The second place: a folder, best on another disk or machine."""

    def __init__(self, folder: Path, signing_key: Ed25519PrivateKey) -> None:
        self._folder = folder
        self._key = signing_key

    @property
    def public_key(self) -> str:
        """The key that verifies signatures, 64 hex digits."""
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def write(self, checkpoint: Checkpoint) -> None:
        """Append a signed line and force it to disk.

        Raises:
            CheckpointError: the folder can't be written.
        """
        signature = self._key.sign(checkpoint.message()).hex()
        line = canonical_json({**json.loads(checkpoint.message()), "signature": signature}) + "\n"
        try:
            self._append(self.path(checkpoint.institution_id), line)
            (self._folder / "public_key.txt").write_text(self.public_key + "\n", "ascii")
        except OSError as error:
            raise CheckpointError(
                f"{self._folder} can't be written ({error.strerror}); mend its permissions"
            ) from error

    def read(self, institution_id: str) -> ReadCheckpoints:
        """Every checkpoint of an institution, oldest first; none where there is no file yet."""
        path = self.path(institution_id)
        valid: list[Checkpoint] = []
        forged: list[int] = []
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        for number, line in enumerate(lines, start=1):
            checkpoint = self._parse(line, institution_id)
            if checkpoint is None:
                forged.append(number)
            else:
                valid.append(checkpoint)
        return ReadCheckpoints(tuple(valid), tuple(forged))

    def count(self, institution_id: str) -> int:
        """How many lines an institution's file has, whatever they say: quick enough for a transaction."""
        path = self.path(institution_id)
        return path.read_bytes().count(b"\n") if path.exists() else 0

    def _parse(self, line: str, institution_id: str) -> Checkpoint | None:
        try:
            value = json.loads(line)
            at = datetime.fromisoformat(value["at"])
            form = value.get("version", UNKEYED)
            checkpoint = Checkpoint(value["institution"], value["seq"], value["hash"], at, form)
            self._key.public_key().verify(bytes.fromhex(value["signature"]), checkpoint.message())
        except (ValueError, KeyError, TypeError, AttributeError, InvalidSignature):
            return None
        return checkpoint if checkpoint.institution_id == institution_id else None

    def path(self, institution_id: str) -> Path:
        """The file of an institution."""
        return self._folder / f"{institution_id}.jsonl"

    def _append(self, path: Path, line: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
