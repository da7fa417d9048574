"""The reference of the manual, made of the code: commands, API, events, facts and the law library.

Nothing here is written by hand but the words between what is found. Each function returns pages by
their path under `docs`.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from habeas import terms
from habeas.cli.main import application
from habeas.law.ids import Entry, Kind, entries
from habeas.law.library import Library
from habeas.law.pages import page
from habeas.law.reader import LANGUAGES, Lang, Reader
from habeas.law.words import Block, Heading, Page, escaped, markdown
from habeas.transfer import machine

Pages = dict[str, str]  # what a page says, by its path under docs
METHODS = ("get", "post", "put", "patch", "delete")
KINDS: tuple[tuple[Kind, str, str], ...] = (
    (Kind.AGREEMENT, "Agreements", "Acuerdos"),
    (Kind.LAW, "Baseline law", "Derecho de base"),
    (Kind.STANDARD, "Standards of space and treatment", "Normas de espacio y trato"),
    (Kind.FACILITY, "Facilities", "Establecimientos"),
)
RECORDS = "Records", "Registros de la biblioteca"
ABOUT: dict[str, tuple[str, str]] = {  # files that hold no id of their own
    "agreement-rules": ("Rules about an agreement", "Reglas sobre un acuerdo"),
    "duties": ("Duties", "Deberes"),
    "register-minimum": ("What every record must hold", "Contenido mínimo de todo registro"),
    "disclosure": ("Who reads what", "Quién lee qué"),
    "access": ("Who may do what", "Quién puede hacer qué"),
    "consequences": ("What rulings mean for the system", "Qué implican las decisiones"),
    "definitions": ("Definitions", "Definiciones"),
    "treaty-parties": ("Who is bound by which treaty", "Quién está obligado por cada tratado"),
    "comparators": ("Deals of another kind", "Acuerdos de otro tipo"),
    "statistics": ("National statistics", "Estadísticas nacionales"),
    "conflicts": ("Sources that disagree", "Fuentes que discrepan"),
    "facts": ("Facts", "Hechos"),
    "sources": ("Sources", "Fuentes"),
    "layers": ("Layers", "Capas"),
}
WORDS: dict[Lang, dict[str, str]] = {
    "en": {"library": "The law library", "other": "En español", "all": "All files"},
    "es": {"library": "La biblioteca de derecho", "other": "In English", "all": "Archivos"},
}
WHOLE_FORM = (
    "The whole form, for programs: [openapi.json](../../openapi.json) (OpenAPI 3.1). "
    "[What each code means](../../errors.md)."
)
WORKFLOW = (
    "A person's state is a fold over that person's events. This is the table that is asked before "
    "one is taken; whatever is not in it is refused. The bytes of an event: "
    "[format](../spec/event.md)."
)
NOTICE: dict[Lang, str] = {
    "en": "No lawyer has reviewed this library. Rules and texts are research, not legal advice.",
    "es": "Ningún jurista ha revisado esta biblioteca. Las reglas y los textos son investigación, "
    "no asesoría jurídica. El español es una traducción no revisada.",
}


def commands() -> Pages:
    """Every command with every option, a page a group."""
    app = application()
    names = [name for name in app.resolved_commands() if not name.startswith("-")]
    found, rows = Pages(), list[str]()
    for name in sorted(names):
        told = app[name].generate_docs(heading_level=1)
        told = re.sub(r"## Table of Contents\n.*?(?=\*\*Commands)", "", told, flags=re.DOTALL)
        told = re.sub(r"^```console\n", "```text\nhabeas ", told, flags=re.MULTILINE)
        told = re.sub(rf"^(#+) ({name}\b)", r"\1 habeas \2", told, flags=re.MULTILINE)
        found[f"reference/commands/{name}.md"] = _anchored(told)
        rows.append(f"| [`habeas {name}`]({name}.md) | {app[name].help} |")
    head = (
        "# Commands\n\nThis is what `habeas --help` and the `--help` of each command say. Exit "
        "status: 0 done; 1 done, and what was checked does not hold; 2 the input or the call is "
        "wrong; 3 refused by law or by the register. Codes are explained under "
        "[errors](../../errors.md).\n"
    )
    table = "\n".join(["| command | what it does |", "| --- | --- |", *rows])
    return {"reference/commands/index.md": f"{head}\n{table}\n", **found}


def _anchored(text: str) -> str:
    """A text whose headings of commands have the anchors by which it links to them."""

    def anchor(found: re.Match[str]) -> str:
        return f"{found[0]} {{ #{found[1].replace(' ', '-')} }}"

    return re.sub(r"^#{2,6} habeas (.+)$", anchor, text, flags=re.MULTILINE)


def api(document: Path) -> Pages:
    """Every operation of the API, by what it is about."""
    form = json.loads(document.read_text("utf-8"))
    operations = [
        (one["tags"][0] if one.get("tags") else "for everybody", method, path, one)
        for path, item in form["paths"].items()
        for method, one in item.items()
        if method in METHODS
    ]
    told = [
        "# API",
        form["info"]["description"],
        WHOLE_FORM,
    ]
    found, rows = Pages(), list[str]()
    for tag, group in groupby(sorted(operations, key=lambda one: one[0]), lambda one: one[0]):
        held, name = list(group), re.sub(r"[^a-z]+", "-", tag)
        title = f"API: {tag}"
        parts = [_operation(*one[1:], form["components"]["schemas"]) for one in held]
        found[f"reference/api/{name}.md"] = "\n\n".join([f"# {title}", *parts]) + "\n"
        rows.append(f"| [{tag}]({name}.md) | {len(held)} |")
    table = "\n".join(["| about | operations |", "| --- | --- |", *rows])
    return {"reference/api/index.md": "\n\n".join([*told, table]) + "\n", **found}


def _operation(method: str, path: str, one: dict[str, Any], schemas: dict[str, Any]) -> str:
    told = [f"## `{method.upper()} {path}` {{ #{one['operationId']} }}", one["description"]]
    rows = [
        f"| `{asked['name']}` | {asked['in']} | {_needed(asked.get('required', False))} "
        f"| {_cell(asked.get('description') or asked['schema'].get('description', ''))} |"
        for asked in one.get("parameters", ())
    ]
    rows += [
        f"| `{name}` | body | {_needed(name in needed)} | {_cell(told_of)} |"
        for name, told_of, needed in _body(one, schemas)
    ]
    if rows:
        head = ["| parameter | in | | what it is |", "| --- | --- | --- | --- |"]
        told.append("\n".join([*head, *rows]))
    told.append("Answers: " + ", ".join(f"`{code}`" for code in one["responses"]) + ".")
    return "\n\n".join(told)


def _needed(needed: bool) -> str:  # noqa: FBT001 - a word for each
    return "needed" if needed else ""


def _body(one: dict[str, Any], schemas: dict[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    for kind in one.get("requestBody", {}).get("content", {}).values():
        shape = kind["schema"]
        shape = schemas[shape["$ref"].rpartition("/")[2]] if "$ref" in shape else shape
        needed = shape.get("required", [])
        for name, part in shape.get("properties", {}).items():
            yield name, part.get("description", ""), needed


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def events(glossary: str) -> Pages:
    """Every kind of event and the table of the workflow, as the code has it."""
    said = dict(re.findall(r"^\| `([a-z_.]+)` \| ([^|]+?) \|", glossary, re.MULTILINE))
    told = [
        "# Events and the workflow",
        WORKFLOW,
    ]
    told += [_event(kind, row, said) for kind, row in machine.TABLE.items()]
    other = [kind for kind in terms.EventKind if kind not in machine.TABLE]
    if other:
        told.append("## Others\n\n" + "\n".join(f"- `{kind.value}`" for kind in other))
    after = ", ".join(sorted(f"`{kind.value}`" for kind in machine.AFTER_THE_END))
    told.append(f"## After a death or a release\n\nOnly these can follow: {after}.")
    return {"reference/events.md": "\n\n".join(told) + "\n"}


def _event(kind: terms.EventKind, row: machine.Transition, said: dict[str, str]) -> str:
    signs = [role.value for role in row.signed_by] or sorted(role.value for role in row.one_of)
    join = " and " if row.signed_by else " or "
    rows = [
        ("concerns", row.kind.value),
        ("Spanish", said.get(kind.value, "")),
        ("signed by", join.join(f"`{one}`" for one in signs) or "whoever the act names"),
        ("of the", f"{row.side.value} state" if row.side else ""),
        ("the person is", _any_of(row.custody, terms.Custody)),
        ("the case is", _any_of(row.stage, terms.Stage) if row.stage is not None else ""),
        ("carries", ", ".join(f"`{one}`" for one in row.carries)),
        ("asks", "; ".join(map(_guard, row.asks))),
    ]
    table = "\n".join(f"| {name} | {what} |" for name, what in rows if what)
    return (
        f"## `{kind.value}` {{ #{kind.value.replace('.', '-')} }}\n\n| | |\n| --- | --- |\n{table}"
    )


def _guard(guard: Callable[..., object]) -> str:
    forward = " (not of a return)" if hasattr(guard, "__wrapped__") else ""
    return _cell(guard.__doc__).rstrip(".") + forward


def _any_of(words: frozenset[Any], every: Iterable[Any]) -> str:
    listed = list(every)
    if len(words) == len(listed):
        return "anything"
    return ", ".join(f"`{one.value}`" for one in listed if one in words)


def law(library: Library, day: date) -> Pages:
    """The law library, a page a file and language, with everything that has an id in it.

    Args:
        library: the shipped one.
        day: whose law is marked as in force.
    """
    found = Pages()
    files = [list(group) for _, group in groupby(entries(library), lambda one: one.file.name)]
    homes = {one.id: _stem(one) for file in files for one in file}
    for lang in LANGUAGES:
        reader = Reader(library, lang, day)
        for file in files:
            found[f"{_folder(lang)}{_stem(file[0])}.md"] = _file(file, reader, homes)
        found[f"{_folder(lang)}index.md"] = _index(files, reader)
    return found


def _folder(lang: Lang) -> str:
    return "reference/law/" if lang == "en" else "es/reference/law/"


def _stem(one: Entry) -> str:
    """The place of a file's page: its folder in the library, or that of records, and its name."""
    folder, _, name = one.file.name.removeprefix("library/").rpartition("/")
    return f"{folder or 'records'}/{name.removesuffix('.toml')}"


def _title(first: Entry, lang: Lang) -> str:
    return ABOUT[first.holder][LANGUAGES.index(lang)] if first.holder in ABOUT else first.holder


def _across(stem: str, lang: Lang) -> str:
    up = "../" * stem.count("/")
    other = "../../es/reference/law/" if lang == "en" else "../../../reference/law/"
    back = f" · [{WORDS[lang]['all']}]({up}index.md)" if up else ""
    return f"[{WORDS[lang]['other']}]({up}{other}{stem}.md){back}"


def _file(file: list[Entry], reader: Reader, homes: dict[str, str]) -> str:
    """One page: what the file says of itself, then everything in it under its own heading."""
    first = file[0]
    own = first.id == first.holder
    foot = reader.foot(first)[-1:]
    told = [
        f"# {escaped(_title(first, reader.lang))} {{ #{first.holder} }}",
        _across(_stem(first), reader.lang),
    ]
    if own:
        whole = page(first, reader)
        told.append(_linked(_demoted(markdown(whole), 0).partition("\n")[2], homes, _stem(first)))
    else:
        told.append("\n".join(f"> {NOTICE[reader.lang]}" for _ in foot))
    for one in file[1:] if own else file:
        held = page(one, reader)
        text = markdown(Page(one.id, held.kind, _without_file(held.blocks, reader)))
        head, _, rest = text.partition("\n")
        told.append(f"#{head} {{ #{one.id} }}")
        told.append(_linked(_demoted(rest, 1), homes, _stem(first)))
    return "\n\n".join(part.strip() for part in told) + "\n"


def _without_file(blocks: tuple[Block, ...], reader: Reader) -> tuple[Block, ...]:
    """What is said of the thing, without what is said of its file."""
    heads = [place for place, one in enumerate(blocks) if one == Heading(reader.word("file"))]
    return blocks[: heads[-1]] if heads else blocks


def _demoted(text: str, by: int) -> str:
    return re.sub(r"^(#+) ", lambda found: f"{found[1]}{'#' * by} ", text, flags=re.MULTILINE)


def _linked(text: str, homes: dict[str, str], here: str) -> str:
    """A text in which a point's name leads to the thing of that id."""

    def link(found: re.Match[str]) -> str:
        name = found[1].replace("\\", "")
        if name not in homes:
            return found[0]
        place = "" if homes[name] == here else f"../{homes[name]}.md"
        return f"- **[{found[0][4:]}]({place}#{name})"

    return re.sub(r"^- \*\*:?([\w\\.-]+)(?=\*\*| \()", link, text, flags=re.MULTILINE)


def _index(files: list[list[Entry]], reader: Reader) -> str:
    lang, place = reader.lang, LANGUAGES.index(reader.lang)
    told = [
        f"# {WORDS[lang]['library']}",
        f"> {NOTICE[lang]}",
        _across("index", lang),
    ]
    for kind, *titles in KINDS:
        rows = [file[0] for file in files if file[0].kind is kind]
        told.append(f"## {titles[place]}")
        told.append(
            "\n".join(f"- [{one.id}]({_stem(one)}.md): {_said(one, reader)}" for one in rows)
        )
    rows = [file[0] for file in files if file[0].holder in ABOUT]
    told.append(f"## {RECORDS[place]}")
    told.append("\n".join(f"- [{_title(one, lang)}]({_stem(one)}.md)" for one in rows))
    return "\n\n".join(told) + "\n"


def _said(one: Entry, reader: Reader) -> str:
    title: Any = getattr(one.thing, "title", None) or getattr(one.thing, "name", None)
    return escaped(reader.said(title))


def all_pages(docs: Path, day: date) -> Pages:
    """Every page of the reference.

    Args:
        docs: where the committed pages lie.
        day: whose law is marked as in force.
    """
    glossary = (docs / "glossary.md").read_text("utf-8")
    return {**commands(), **api(docs / "openapi.json"), **events(glossary), **law(Library(), day)}
