"""Rules that every template of ours keeps, whoever writes it."""

import html
import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[3] / "src/habeas/web"
ALL = {
    str(path.relative_to(WEB / engine)): path.read_text()
    for engine in ("jinja2", "templates")
    for path in (WEB / engine).rglob("*.html")
}
NOTHING_RUNS = re.compile(
    r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:"
    r"|<script(?![^>]*\s(?:src=|type=\"application/json\"))",  # data is not run
    re.IGNORECASE,
)
ZONES = re.compile(r"\b(UTC|GMT|Z)\b")
CLOCKS = re.compile(
    r"\|\s*(date|time|timesince|timeuntil|naturaltime|naturalday)\b|\{%\s*now\b|\{%\s*(localtime|timezone)\b"
)
# A drawing that `components.Chart` has looked through; printed codes, which we draw ourselves.
TRUSTED = {"components/chart.html": 2, "desk/person_receipt.html": 1}
DASH = "\N{EN DASH}"
MARKS = {"habeas", f"{DASH} habeas", "CSV", "JSON", "SHA-256", "tzdata", ".toml"}  # names


def found(pattern: re.Pattern[str]) -> list[str]:
    texts = {name: re.sub(r"\{% (?:if|elif) .*?%\}", "", text) for name, text in ALL.items()}
    return [f"{name}: {m.group()}" for name, text in texts.items() for m in pattern.finditer(text)]


def test_no_template_holds_what_the_policy_forbids() -> None:
    assert found(NOTHING_RUNS) == []


def test_no_template_types_a_zone() -> None:
    texts = {name: re.sub(r"<path[^>]*>|\bd=\"[^\"]*\"", "", text) for name, text in ALL.items()}
    assert [name for name, text in texts.items() if ZONES.search(text)] == []


def test_no_template_tells_a_time_but_by_our_filters() -> None:
    assert found(CLOCKS) == []


def test_no_template_trusts_text_unless_it_is_listed() -> None:
    counted = {
        name: len(re.findall(r"\|\s*safe\b|autoescape off", text)) for name, text in ALL.items()
    }
    assert {name: n for name, n in counted.items() if n} == TRUSTED


def test_every_word_of_a_template_can_be_translated() -> None:
    assert {name: words for name, text in ALL.items() if (words := untranslated(text))} == {}


def untranslated(text: str) -> list[str]:
    """Words of the page that stand outside the tags that translate."""
    text = re.sub(r"<script.*?</script>", "", html.unescape(text), flags=re.DOTALL)
    text = re.sub(r"<(code|pre)\b.*?</\1>", "", text, flags=re.DOTALL)  # a command is one in any
    text = re.sub(r"\{% comment.*?endcomment %\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{% blocktranslate.*?endblocktranslate %\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "\n", text, flags=re.DOTALL)
    told = re.findall(r"(?:aria-label|title|placeholder|alt)=\"([^\"]*)\"", text)
    text = re.sub(r"<[^>]*>", "\n", text, flags=re.DOTALL)
    words = [line.strip(" :,") for part in (text, *told) for line in part.splitlines()]
    return [word for word in words if re.search(r"[^\W\d]", word) and word not in MARKS]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (NOTHING_RUNS, "<p style='x'>"),
        (NOTHING_RUNS, '<a onclick="x">'),
        (NOTHING_RUNS, "<script>x</script>"),
        (ZONES, "{{ at }} UTC"),
        (CLOCKS, '{{ at|date:"H:i" }}'),
        (CLOCKS, '{% now "Y" %}'),
    ],
)
def test_the_rules_find_what_they_forbid(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


def test_the_rule_of_words_finds_a_word() -> None:
    assert untranslated('<p>{% translate "Yes" %}</p><p aria-label="No">Maybe {{ x }}</p>') == [
        "Maybe",
        "No",
    ]
