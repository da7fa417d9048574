"""Two verifiers, one question: what habeas made holds for both, what was changed for neither."""

import base64
import json
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from second_verifier import cbor, roll
from second_verifier.chance import Chance
from second_verifier.first import Answer, First
from second_verifier.policy import Policy, Trust, read_trust
from second_verifier.printed import printed_verdict
from second_verifier.receipt import Part, read_receipt, receipt_verdict
from second_verifier.spelling import base64_text
from second_verifier.verdict import Verdict
from second_verifier.whole import check_register

NIGHT = "2028-12-01.1"
COLUMNS = {
    "leaf": ["idx", "entry"],
    "event": ["idx", "event_id", "kind", "subject", "seq", "recorded_at"],
    "content": ["idx", "sealed"],
    "tile": ["level", "n", "hashes"],
    "checkpoint": ["size", "note"],
    "cosignature": ["size", "line"],
}
Value = bytes | int | str | None


def same(answer: Answer, verdict: Verdict) -> bool:
    """Whether both say the same, of the quorum too where it holds."""
    agreed = answer.holds == verdict.holds
    return agreed and (not answer.holds or answer.witnessed == verdict.witnessed)


def trust_of(path: Path) -> Trust:
    return read_trust(path.read_bytes())


@pytest.mark.parametrize("name", ["oas-a57", "se-ee"])
def test_a_register_that_habeas_made_holds_for_both(first: First, demo: Path, name: str) -> None:
    folder = demo / name
    register, trust = folder / "register.sqlite3", folder / "trust.json"
    keys = folder / "person-keys.sqlite3"
    told = json.loads(first.register(register, trust, "--keys", keys).text)
    read = check_register(register, trust_of(trust), keys)
    assert told["verdict"] == "holds"
    assert read.holds
    assert read.witnessed
    counted = (read.leaves, read.covered, read.checkpoints, read.opened, read.pads, read.closed)
    names = ("leaves", "covered", "checkpoints", "opened", "pads", "unopened")
    assert counted == tuple(told[word] for word in names)
    without = check_register(register, trust_of(trust))
    assert without.holds
    assert without.closed + without.opened == read.opened


def test_both_name_the_altered_leaf_of_the_demonstration(first: First, demo: Path) -> None:
    trust, keys = demo / "oas-a57" / "trust.json", demo / "oas-a57" / "person-keys.sqlite3"
    path = demo / "tampered" / "register.sqlite3"
    answer = first.register(path, trust, "--keys", keys)
    read = check_register(path, trust_of(trust), keys)
    assert not answer.holds
    assert answer.codes == read.codes == ("H591", "H555")


@pytest.mark.parametrize("name", ["closed", "disclosed"])
def test_an_export_that_habeas_made_holds_for_both(first: First, demo: Path, name: str) -> None:
    trust = demo / "oas-a57" / "trust.json"
    read = check_register(demo / name, trust_of(trust))
    told = json.loads(first.register(demo / name, trust).text)
    assert read.holds
    assert told["verdict"] == "holds"
    assert (read.opened, read.pads, read.closed) == tuple(
        told[word] for word in ("opened", "pads", "unopened")
    )


def test_a_receipt_that_habeas_made_holds_for_both(first: First, demo: Path) -> None:
    folder = demo / "oas-a57"
    path, trust = folder / "receipt.json", folder / "trust.json"
    read = receipt_verdict(path.read_bytes(), trust_of(trust))
    assert read.holds
    assert same(first.receipt(path, trust), read)


def test_every_nights_roll_holds_for_both_and_shows_the_family_its_row(
    first: First, demo: Path
) -> None:
    folder = demo / "se-ee"
    trust = folder / "rolls" / "trust.json"
    token = roll.token_of((folder / "family.token").read_text(encoding="utf-8"))
    found = 0
    for path in sorted((folder / "rolls").glob("*.bin")):
        head = path.with_suffix(".json").read_bytes()
        read = roll.check_roll(path.read_bytes(), head, trust_of(trust))
        assert read.holds
        assert same(first.roll(path, trust), read)
        header, rows = roll.read_header(head), roll.read_rows(path.read_bytes())
        label = roll.label_of(token, header.date, header.issue)
        mine = [row for row in rows if row[:16] == label]
        found += len(mine)
        for row in mine:
            status = roll.open_row(token, row, header.date, header.issue)
            _, text = first.run(
                *("locate", "--roll", path, "--token-file", folder / "family.token"),
                *("--trust", trust, "--json"),
            )
            told = json.loads(text[: text.rindex("}") + 1])
            assert (told["status"], told["custody_number"]) == (status["s"], status["seq"])
            proof = [base64.b64decode(hashed) for hashed in told["row"]["proof"]]
            assert roll.present(row, told["row"]["index"], len(rows), proof, header.root)
    assert found > 0


def changed_receipt(data: bytes, chance: Chance) -> bytes:
    if chance.below(2):
        return chance.changed(data)
    whole = json.loads(data)
    part, field = chance.of([whole, *whole["keys"]]), chance.of(["body", "sigblock", "proof"])
    if field == "proof":
        part[field] = chance.changed(part[field].encode()).decode("utf-8", errors="replace")
    else:
        part[field] = base64_text(chance.changed(base64.b64decode(part[field])))
    return json.dumps(whole).encode()


def test_both_agree_on_receipts_that_were_changed(first: First, demo: Path, tmp_path: Path) -> None:
    trust, path = demo / "oas-a57" / "trust.json", tmp_path / "receipt.json"
    data = (demo / "oas-a57" / "receipt.json").read_bytes()
    differ, refused = [], 0
    for number in range(160):
        changed = changed_receipt(data, Chance(f"receipt {number}"))
        path.write_bytes(changed)
        read = printed_verdict(changed, trust_of(trust))
        refused += not read.holds
        if not same(first.receipt(path, trust), read):
            differ.append((number, str(read)))
    assert differ == []
    assert refused > 140


def print_part(part: Part, policy: Policy) -> bytes:
    """A printed receipt, as receipt.md tells."""
    note = part.proof.note
    assert note is not None
    lines = {(line.name, line.key_id): line.key_id + line.payload for line in note.lines}
    log = next(lines[key.name, key.id] for key in policy.logs)
    seen = [[i, lines[k.name, k.id]] for i, k in enumerate(policy.witnesses.values())]
    event, proof = part.signed, part.proof
    where = [proof.index, note.size, b"".join(proof.hashes), note.origin]
    return cbor.encode([1, event.body, event.block, event.salt, *where, log, seen])


def test_both_agree_on_printed_receipts_that_were_changed(
    first: First, demo: Path, tmp_path: Path
) -> None:
    path, trust = demo / "oas-a57" / "trust.json", trust_of(demo / "oas-a57" / "trust.json")
    own, enrolments = read_receipt((demo / "oas-a57" / "receipt.json").read_bytes())
    whole = [print_part(part, trust.policy) for part in (own, *enrolments)]
    scanned, differ, held = tmp_path / "scanned", [], []
    for number in range(160):
        chance, codes = Chance(f"printed {number}"), list(whole)
        if number > 1:
            place = chance.below(len(codes))
            codes[place] = chance.changed(codes[place])
        rows = [code.hex() if number % 2 else base64_text(code) for code in codes]
        data = "".join(f"{row}\n" for row in rows).encode()
        scanned.write_bytes(data)
        read = printed_verdict(data, trust)
        held += [number] if read.holds else []
        if not same(first.receipt(scanned, path), read):
            differ.append((number, str(read)))
    assert differ == []
    assert held[:2] == [0, 1]
    assert len(held) < 20


def changed_roll(rows: bytes, head: bytes, chance: Chance) -> tuple[bytes, bytes]:
    way = chance.below(4)
    if way == 0:
        return chance.changed(rows), head
    if way == 1:
        return rows, chance.changed(head)
    if way == 2:
        told = json.loads(head)
        other = {"date": "2028-12-02", "issue": 2, "rows": 255, "root": base64_text(bytes(32))}
        name = chance.of(sorted(other))
        told[name] = other[name]
        return rows, (json.dumps(told, indent=1, sort_keys=True) + "\n").encode()
    parts = [rows[at : at + 96] for at in range(0, len(rows), 96)]
    place = chance.below(len(parts) - 1)
    parts[place : place + 2] = chance.of(
        [parts[place : place + 1], parts[place + 1 : place - 1 : -1]]
    )
    return b"".join(parts), head


def test_both_agree_on_rolls_that_were_changed(first: First, demo: Path, tmp_path: Path) -> None:
    folder = demo / "se-ee" / "rolls"
    trust, path = folder / "trust.json", tmp_path / f"{NIGHT}.bin"
    whole = [(folder / f"{NIGHT}.{end}").read_bytes() for end in ("bin", "json")]
    differ, refused = [], 0
    for number in range(120):
        rows, head = changed_roll(whole[0], whole[1], Chance(f"roll {number}"))
        path.write_bytes(rows)
        path.with_suffix(".json").write_bytes(head)
        read = roll.check_roll(rows, head, trust_of(trust))
        refused += not read.holds
        if not same(first.roll(path, trust), read):
            differ.append((number, str(read)))
    assert differ == []
    assert refused > 110


def test_both_agree_on_exports_that_were_changed(first: First, demo: Path, tmp_path: Path) -> None:
    trust, folder = demo / "oas-a57" / "trust.json", tmp_path / "export"
    differ, refused = [], 0
    for number in range(90):
        chance = Chance(f"export {number}")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(demo / chance.of(["closed", "disclosed"]), folder)
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        file, way = chance.of(files), chance.below(6)
        if way == 0:
            file.unlink()
        else:
            data = chance.of(files).read_bytes() if way == 1 else chance.changed(file.read_bytes())
            file.write_bytes(data)
        read, answer = check_register(folder, trust_of(trust)), first.register(folder, trust)
        refused += not read.holds
        if not same(answer, read) or answer.codes[:1] != read.codes[:1]:
            differ.append((number, str(file), answer.codes, str(read)))
    assert differ == []
    assert refused > 60


def other_value(value: Value, values: list[Value], chance: Chance) -> Value:
    if chance.below(6) == 0:
        return chance.of(values)
    if isinstance(value, bytes):
        return chance.changed(value)
    if isinstance(value, int):
        return value + chance.of([-1, 1, 7, 1000])
    if isinstance(value, str):
        return chance.changed(value.encode()).decode("utf-8", errors="replace")
    return 0 if chance.below(2) else "p_" + "0" * 26


def spoil(path: Path, chance: Chance) -> str:
    """One value of the file changed, or one row deleted; what was done."""
    table = chance.of(sorted(COLUMNS))
    column = chance.of(COLUMNS[table])
    with closing(sqlite3.connect(path)) as file:
        rows = file.execute(f"SELECT rowid, {column} FROM {table}").fetchall()  # noqa: S608  names of ours
        place, value = chance.of(rows)
        if chance.below(8) == 0:
            file.execute(f"DELETE FROM {table} WHERE rowid = ?", (place,))  # noqa: S608
        else:
            other = other_value(value, [row[1] for row in rows], chance)
            change = f"UPDATE OR IGNORE {table} SET {column} = ? WHERE rowid = ?"  # noqa: S608
            with suppress(sqlite3.IntegrityError):  # the table's own rules refuse some
                file.execute(change, (other, place))
        file.commit()
    return f"{table}.{column} {place}"


@pytest.mark.parametrize("keyed", [True, False], ids=["with keys", "without keys"])
def test_both_agree_on_databases_that_were_changed(
    first: First, demo: Path, loose: Path, tmp_path: Path, *, keyed: bool
) -> None:
    trust, path = demo / "oas-a57" / "trust.json", tmp_path / "register.sqlite3"
    keys = loose.with_name("person-keys.sqlite3") if keyed else None
    differ, refused = [], 0
    for number in range(90):
        shutil.copy(loose, path)
        done = spoil(path, Chance(f"database {keyed} {number}"))
        read = check_register(path, trust_of(trust), keys)
        more: list[str | Path] = ["--keys", keys] if keys else []
        answer = first.register(path, trust, *more)
        refused += not read.holds
        if not same(answer, read) or answer.codes[:1] != read.codes[:1]:
            differ.append((number, done, answer.codes, str(read)))
    assert differ == []
    assert refused > 40
