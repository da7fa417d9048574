"""The index of a folder of exports: one page without a script, an address or a font of its own."""

import html
from collections.abc import Sequence

from habeas.adapters.chart import Chart

STYLE = (
    "body{font-family:serif;max-width:56em;margin:2em auto;padding:0 1em;line-height:1.4}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{border-bottom:1px solid #999;padding:.3em .5em;text-align:left;vertical-align:top}"
    "code{font-size:.8em;overflow-wrap:anywhere}"
    "img{max-width:100%;height:auto}"
)


def page(
    title: str,
    said: Sequence[str],
    files: Sequence[tuple[str, str, str]],
    refused: Sequence[tuple[str, str]],
    charts: Sequence[Chart],
) -> str:
    """The page.

    Args:
        title: of the folder.
        said: marks, what it was computed from and what it is not.
        files: name, form and SHA-256 of each.
        refused: what was not written, and why.
        charts: those drawn beside it as `NAME.svg`, with `NAME.csv`.
    """
    rows = "".join(
        f'<tr><td><a href="{_text(name)}">{_text(name)}</a></td><td>{_text(form)}</td>'
        f"<td><code>{_text(digest)}</code></td></tr>"
        for name, form, digest in files
    )
    missing = "".join(
        f"<tr><td>{_text(name)}</td><td>{_text(why)}</td></tr>" for name, why in refused
    )
    drawn = "".join(
        f'<h2>{_text(one.title)}</h2><img src="{_text(one.name)}.svg" alt="{_text(one.about)}">'
        f'<p>{_text(one.about)} <a href="{_text(one.name)}.csv">Its table</a>.</p>'
        for one in charts
    )
    head = "".join(f"<p>{_text(line)}</p>" for line in said)
    none = f"<h2>Not written</h2><table><tbody>{missing}</tbody></table>" if missing else ""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{_text(title)}</title>"
        f"<style>{STYLE}</style></head><body><h1>{_text(title)}</h1>{head}<h2>Files</h2><table>"
        '<thead><tr><th scope="col">File</th><th scope="col">Form</th><th scope="col">SHA-256</th>'
        f"</tr></thead><tbody>{rows}</tbody></table>{none}{drawn}</body></html>\n"
    )


def _text(value: str) -> str:
    return html.escape(value)
