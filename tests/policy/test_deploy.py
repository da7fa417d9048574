"""What is shipped to install habeas is well formed and closed; what runs as the web meets no key.

No unit was started, no image built and no cluster asked here: docs/operation.md says so.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted(path.name for path in (DEPLOY / "systemd").glob("*.service"))
MOST = 3.0  # exposure of a unit, of 10
KEYS = ("/var/lib/habeas/officers", "/var/lib/habeas/log.key", "/run/log", "/run/officers")


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units as they would be installed, with programs that are there."""
    folder = tmp_path_factory.mktemp("units")
    here = Path(sys.executable).parent
    for path in (DEPLOY / "systemd").glob("*.*"):
        if path.suffix in {".service", ".timer"}:
            text = path.read_text().replace("/opt/habeas/bin/", f"{here}/")
            (folder / path.name).write_text(text)
    return folder


def test_every_unit_is_one(units: Path, program: Callable[[str], str]) -> None:
    named = [str(path) for path in sorted(units.iterdir())]
    assert len(named) > len(UNITS)
    told = subprocess.run(  # noqa: S603 - our own words
        [program("systemd-analyze"), "verify", "--man=no", *named],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (told.returncode, told.stderr) == (0, "")


@pytest.mark.parametrize("name", UNITS)
def test_every_unit_is_closed(units: Path, program: Callable[[str], str], name: str) -> None:
    told = subprocess.run(  # noqa: S603 - our own words
        [program("systemd-analyze"), "security", "--offline=true", str(units / name)],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found = re.search(r"Overall exposure level for .*: ([0-9.]+)", told)
    assert found is not None
    assert float(found[1]) < MOST


@pytest.mark.parametrize("name", UNITS)
def test_no_key_is_open_to_the_web_s_user(name: str) -> None:
    text = (DEPLOY / "systemd" / name).read_text()
    if "User=habeas-web" in text:
        hidden = " ".join(re.findall(r"^InaccessiblePaths=(.*)$", text, re.MULTILINE))
        assert [path for path in KEYS[:2] if f"-{path}" not in hidden] == []
    else:
        assert "DynamicUser=yes" in text or "User=habeas-gateway" in text


def test_every_path_that_a_unit_calls_is_a_command(units: Path) -> None:
    calls = re.findall(r"^ExecStart=.*?/(habeas|python) (.*)$", _all(units), re.MULTILINE)
    form = re.compile(r"(?:-m )?([a-z.]+)(?: ([a-z-]+))?")
    words = {" ".join(form.findall(call)[0]) for _, call in calls}
    assert {one.strip() for one in words} == {
        "gateway", "habeas.web.courier", "habeas.web.prepare", "habeas.web.run",
        "register backup", "register public-roll", "register witness",
    }  # fmt: skip


def _all(units: Path) -> str:
    texts = (path.read_text() for path in units.glob("*.service"))
    return "".join(texts).replace("/bin/sh -c 'exec ", "")


def test_the_container_is_written_as_its_linter_asks() -> None:
    words = [str(Path(sys.executable).parent / "hadolint"), str(DEPLOY / "Containerfile")]
    told = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    assert (told.returncode, told.stdout) == (0, "")
    last = (DEPLOY / "Containerfile").read_text().rpartition("FROM ")[2]
    assert re.findall(r"^USER (.*)$", last, re.MULTILINE) == ["10002:10000"]


def _documents() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / "kubernetes/habeas.yaml").read_text()))


def test_the_manifest_is_what_kubernetes_reads() -> None:
    found, version = _documents(), kubernetes_validate.latest_version()
    assert {"StatefulSet", "Service", "NetworkPolicy"} <= {one["kind"] for one in found}
    for one in found:
        kubernetes_validate.validate(one, version, strict=True)
    altered = found[0] | {"metadata": {"nmae": "x"}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(altered, version, strict=True)


def test_in_the_manifest_the_gateway_alone_has_keys_and_nobody_is_root() -> None:
    found = next(one for one in _documents() if one["kind"] == "StatefulSet")
    pod = found["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    boxes = [*pod["initContainers"], *pod["containers"]]
    with_keys = {
        one["name"] for one in boxes for mount in one["volumeMounts"] if mount["mountPath"] in KEYS
    }
    assert with_keys == {"gateway"}
    own = {one["name"]: one["securityContext"] for one in boxes}
    assert all(one["readOnlyRootFilesystem"] for one in own.values())
    assert all(one["capabilities"] == {"drop": ["ALL"]} for one in own.values())
    assert {own[name]["runAsUser"] for name in ("web", "courier", "prepare")} == {10002}
    assert own["gateway"]["runAsUser"] == 10001
    assert "stringData" not in str(_documents())
