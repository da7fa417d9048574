"""Which licences what is locked has, and what the check does with one that may not be."""

import tomllib
from collections.abc import Collection
from email.message import EmailMessage
from importlib.metadata import PackageMetadata
from typing import cast

import pytest
from tools import licences
from tools.locked import everything, files

GOOD: dict[str, Collection[str]] = {
    "permissive": ["MIT", "BSD-3-Clause", "Apache-2.0"],
    "weak": {},
    "tests": {},
    "read": {},
}


def wrong(name: str, row: str, **more: dict[str, str]) -> list[str]:
    table = {**GOOD, "packages": {name: row}, **more}
    return list(licences.faults(cast("dict[str, dict[str, object]]", table), [name]))


def test_every_locked_package_has_a_licence_that_may_be_where_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert licences.main([]) == 0, capsys.readouterr().out


def test_a_package_without_a_row_is_told() -> None:
    assert wrong("django", "") == ["django: no row in licences.toml"]


def test_copyleft_does_not_run_and_stays_in_tests_where_it_is_named() -> None:
    told = {"read": {"django": "nowhere", "beancount": "nowhere"}}
    gpl = {"tests": {"beancount": "GPL-2.0-only: a program", "django": "GPL-2.0-only: never"}}
    assert wrong("django", "GPL-2.0-only", **told, **gpl) == [
        "django: GPL-2.0-only may not be in what runs"
    ]
    assert wrong("beancount", "GPL-2.0-only", **told) == [
        "beancount: GPL-2.0-only may not be in tests"
    ]
    assert wrong("beancount", "GPL-2.0-only", **told, **gpl) == []


def test_weak_copyleft_is_allowed_to_the_package_that_is_named_alone() -> None:
    weak = {"weak": {"psycopg": "LGPL-3.0-only: a library"}}
    assert wrong("psycopg", "LGPL-3.0-only", **weak) == []
    assert wrong("certifi", "MPL-2.0", **weak) == ["certifi: MPL-2.0 may not be in what runs"]


def test_a_row_that_is_not_what_the_package_says_is_told() -> None:
    assert wrong("django", "MIT") == ["django: the row says MIT, the package BSD-3-Clause"]
    assert wrong("not-installed-anywhere", "MIT") == [
        "not-installed-anywhere: says no licence here; read it, and say where under [read]"
    ]


def test_one_of_two_licences_suffices_and_all_of_several_are_asked() -> None:
    assert wrong("cryptography", "Apache-2.0 OR GPL-3.0-only") != []  # it does not say the second
    assert wrong("cryptography", "Apache-2.0 OR BSD-3-Clause") == []
    assert wrong("llvmlite", "BSD-2-Clause AND Apache-2.0 WITH LLVM-exception") == [
        "llvmlite: BSD-2-Clause AND Apache-2.0 WITH LLVM-exception may not be in what runs"
    ]


@pytest.mark.parametrize(
    ("field", "text", "meant"),
    [
        ("License-Expression", "MIT AND PSF-2.0", {"MIT", "PSF-2.0"}),
        ("License", "BSD-3-Clause", {"BSD-3-Clause"}),
        ("License", "BSD", {"BSD-2-Clause", "BSD-3-Clause"}),
        ("License", "Copyright somebody\nMIT License", set()),
        ("Classifier", "License :: OSI Approved :: Apache Software License", {"Apache-2.0"}),
        ("Classifier", "License :: Other/Proprietary License", set()),
    ],
)
def test_what_a_package_says_of_itself(field: str, text: str, meant: set[str]) -> None:
    found = EmailMessage()
    found._headers.append((field, text))  # type: ignore[attr-defined]  # noqa: SLF001 - a text of several lines
    assert licences.said(cast(PackageMetadata, found)) == meant


def test_every_reason_is_given() -> None:
    table = tomllib.loads(licences.TABLE.read_text())
    named = {**table["weak"], **table["tests"]}
    assert [name for name, said in named.items() if len(said.partition(": ")[2]) < 12] == []
    names = {one.name for one in everything(files())}
    assert [name for name in names if name not in table["packages"]] == []
