"""habeas project: all faults at once, a bound on time, a stop, files, and two compared."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pyarrow.parquet as pq
import pytest

from habeas.adapters import projection_folder
from habeas.cli.main import run
from habeas.service import scenario

pytestmark = pytest.mark.usefixtures("compiled")

SHORT = "us-sv-reported"
WAIT_S = 120
Text = pytest.CaptureFixture[str]


def said(capsys: Text, *words: str) -> tuple[int, str, str]:
    status = run(["project", *words])
    out, err = capsys.readouterr()
    return status, out, err


def test_the_scenarios_of_the_library_are_listed(capsys: Text) -> None:
    status, out, _ = said(capsys, "--list", "--json")
    assert status == 0
    assert SHORT in [one["id"] for one in json.loads(out)["scenarios"]]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["no-such"], "H820"),
        (["no-such.toml"], "H902"),
        ([SHORT, "--draws", "0"], "H836"),
        ([SHORT, "--seed", "-1"], "H836"),
        ([SHORT, "--executor", "oracle"], "H901"),
        ([SHORT, "--address", "x:1"], "H901"),
        ([SHORT, "--draws", "600000", "--at-most", "1"], "H833"),
        ([SHORT, "--draws", "900000"], "H836"),  # more than are kept at once
        ([SHORT, "--at-most", "nan"], "H833"),
        ([SHORT, "--at-most", "0"], "H833"),
        ([SHORT, "--executor", "processes", "--workers", "-1"], "H901"),
    ],
)
def test_what_cannot_be_run_is_said_and_nothing_is_run(
    capsys: Text, tmp_path: Path, words: list[str], code: str
) -> None:
    status, out, err = said(capsys, *words, "--out", str(tmp_path / "out"))
    assert (status, out) == (2, "")
    assert code in err
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()


def test_a_folder_of_other_files_is_left_as_it_is(capsys: Text, tmp_path: Path) -> None:
    mine = tmp_path / "scenario.toml"
    mine.write_text("mine", encoding="utf-8")
    status, _, err = said(capsys, SHORT, "--draws", "2", "--out", str(tmp_path))
    assert status == 2
    assert "H860" in err
    assert [one.name for one in tmp_path.iterdir()] == ["scenario.toml"]
    assert mine.read_text(encoding="utf-8") == "mine"


def test_all_faults_of_a_file_are_told_with_their_lines(capsys: Text, tmp_path: Path) -> None:
    text = scenario.shipped_text(SHORT)
    bad = text.replace('source = "', 'source = "NO_', 2)
    path = tmp_path / "mine.toml"
    path.write_text(bad, encoding="utf-8")
    status, _, err = said(capsys, str(path))
    told = [line for line in err.splitlines() if line.startswith("mine.toml:")]
    assert status == 2
    assert len(told) >= 2
    lines = {int(line.split(":")[1]) for line in told}
    assert all("NO_" in bad.splitlines()[one - 1] for one in lines)


def test_a_folder_holds_all_and_its_manifest_names_each(capsys: Text, tmp_path: Path) -> None:
    out = tmp_path / "out"
    status, told, err = said(capsys, SHORT, "--draws", "6", "--out", str(out))
    assert status == 0, err
    assert "What could not lawfully happen at all?" in told
    manifest = json.loads((out / "manifest.json").read_text())["sha256"]
    for name, digest in manifest.items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
    assert {"scenario.toml", "report.html", "report.es.html", "ranges.parquet"} <= set(manifest)
    assert not (out / "progress.json").exists()
    assert pq.read_table(out / "ranges.parquet").num_rows > 20
    assert len(list((out / "run" / "draws").glob("*.parquet"))) == 1
    found = json.loads((out / "projection.json").read_text())
    status, again, _ = said(capsys, SHORT, "--draws", "6", "--json")
    assert json.loads(again)["stamp"] == found["stamp"]
    status, _, err = said(capsys, "us-sv-lawful", "--draws", "6", "--out", str(out))
    assert (status, "H860" in err) == (2, True), "another scenario never takes its place"


def test_two_scenarios_are_held_against_each_other(capsys: Text, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = [SHORT, "--draws", "5", "--compare", SHORT, "--out", str(out), "--json"]
    status, told, err = said(capsys, *words)
    assert status == 0, err
    rows = [one for one in json.loads(told)["rows"] if one["band"]]
    assert rows
    assert {one["band"]["p95"] for one in rows} | {one["more"] for one in rows} == {0}
    assert "What differs?" in (out / "comparison.html").read_text("utf-8")


def test_a_run_that_is_stopped_leaves_its_draws_and_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "out"
    call = [
        sys.executable, "-m", "habeas", "project", SHORT, "--draws", "20000", "--at-most", "9999",
        "--out", str(out),
    ]  # fmt: skip
    child = subprocess.Popen(call, stderr=subprocess.PIPE, text=True, env=dict(os.environ))  # noqa: S603 - our own
    end = monotonic() + WAIT_S
    while not list(out.glob("run/draws/*.parquet")):
        assert monotonic() < end
        assert child.poll() is None
        sleep(0.05)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=WAIT_S)
    assert child.returncode == 130, err
    assert "of 20,000 draws are in" in err
    assert "goes on from there" in err
    parts = sorted(out.glob("run/draws/*.parquet"))
    assert all(pq.read_table(one).num_rows for one in parts)
    done = projection_folder.progress(out)
    assert done is not None
    assert 0 < done.done < 20_000
    first = parts[0].read_bytes()
    again = [one if one != "20000" else "60" for one in call]
    finished = subprocess.run(again, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert finished.returncode == 0, finished.stderr
    assert parts[0].read_bytes() == first
    assert (out / "report.html").exists()
