"""An operator's folder, for tests of the command line that need a register of their own."""

import json
from pathlib import Path
from typing import Any

from habeas.adapters import key_files
from habeas.cli.main import run
from habeas.register.signing import SeedSigner, keyid8

ONE, TWO = "p_" + "1" * 26, "p_" + "2" * 26
AUTHORITIES = ("SE-KVV", "SE-COURT", "EE-VANGLA")
Row = dict[str, Any]


class Office:
    """An operator's folder: keys, a register, and what is drafted for it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.register = folder, folder / "register.sqlite3"
        self.trust, self.log_key = folder / "trust.json", folder / "log.key"
        for name in ("roots", "keys"):
            (folder / name).mkdir()
        key_files.write(self.log_key, "LOG", bytes(32))
        for number, authority in enumerate(AUTHORITIES, 1):
            name, officer = f"{authority}.key", number + 16
            key_files.write(folder / "roots" / name, authority, bytes([number]) * 32)
            key_files.write(folder / "keys" / name, authority, bytes([officer]) * 32)
        self._number = 0

    def key(self, authority: str, *, root: bool = False) -> bytes:
        return SeedSigner(bytes([AUTHORITIES.index(authority) + (1 if root else 17)]) * 32).public()

    def draft(
        self, kind: str, authority: str, role: str, subject: str | None = ONE, **more: object
    ) -> Row:
        self._number += 1
        signer = keyid8(self.key(authority, root=kind.startswith("key."))).hex()
        body: Row = {
            "v": 1,
            "id": f"01JNQ7Z8M3K4V0T2R5X6{self._number:06d}",
            "type": kind,
            "agreement": "SE-EE",
            "occurred_at": "2026-03-02T11:00:00Z",
            "time_basis": "observed",
            "actors": [{"authority": authority, "role": role, "key": signer}],
            "body": {},
        }
        return body | ({"subject": subject} if subject else {}) | more

    def sign(self, *drafts: Row, keys: str = "keys") -> Path:
        source, target = self.folder / "drafts.jsonl", self.folder / "signed.jsonl"
        source.write_text("".join(json.dumps(one) + "\n" for one in drafts), encoding="utf-8")
        words = ["sign", str(source), "--keys", str(self.folder / keys), "--out", str(target)]
        assert run(words) == 0
        return target

    def append_words(self, signed: Path) -> list[str]:
        words = ["register", "append", str(self.register), str(signed), "--agreement", "SE-EE"]
        return [*words, "--log-key", str(self.log_key), "--as-of", "2026-03-02T12:00:00Z"]

    def append(self, signed: Path) -> int:
        return run(self.append_words(signed))

    def init(self) -> int:
        words = ["--origin", "log.example/se-ee", "--log-key", str(self.log_key)]
        roots = ["--roots", str(self.folder / "roots")]
        return run(["register", "init", str(self.register), *words, *roots])

    def enrolment(self, name: str) -> Row:
        body = {"authority": name, "public": self.key(name).hex()}
        return self.draft("key.enrolled", name, "registrar", None, body=body)

    def opened(self, subject: str = ONE) -> Row:
        body = {"order": "o-1", "ordered_by": "SE-COURT"}
        return self.draft("custody.opened", "SE-KVV", "custodian", subject, seq=0, body=body)

    def proposed(self, subject: str = ONE) -> Row:
        body = {"pathway": "lease"}
        return self.draft("case.proposed", "SE-KVV", "proposing", subject, body=body)

    def placed(self, prev: str, by: str = "SE-KVV", role: str = "custodian", **more: object) -> Row:
        link = {"seq": 1, "prev": prev, "body": {"cell": "A1"}}
        return self.draft("custody.placed", by, role) | link | more
