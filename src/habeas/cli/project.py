"""habeas project: what a scenario would do, with its range; and two of them held apart."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter

from habeas.adapters import draw_files, projection_folder, runners, stopping, text_files
from habeas.cli import measured, output
from habeas.cli.bar import Bar
from habeas.cli.main import loaded
from habeas.cli.measured import Begun
from habeas.cli.project_told import shown
from habeas.errors import HabeasError, Language
from habeas.service import NOT_REVIEWED, agree, projecting, projection_compare, scenario
from habeas.service.agree import Library
from habeas.service.projecting import Done
from habeas.service.projection_drivers import Ways, draws_of, drivers, shares
from habeas.service.projection_report import Report

LONG = 2000  # draws of a run whose progress is told by lines
SOBOL_ROWS = 64
FILES = "habeas.adapters.projection_files:files"
STOPPED = 130


@dataclass(frozen=True, slots=True)
class Asked:
    """How a scenario is to be run."""

    draws: int
    seed: int
    executor: str
    workers: int
    address: str
    at_most: float  # seconds
    sobol: bool


def project(
    name: str = "",
    /,
    *,
    draws: int = 200,
    seed: int = 1,
    executor: str = "serial",
    workers: int = 0,
    address: str = "",
    out: Path | None = None,
    compare: str = "",
    at_most: float = 60.0,
    sobol: bool = False,
    list: bool = False,  # noqa: A002 - the option's name
    register: Path | None = None,
    agreement: str = "",
    deal: str = "",
    size: int | None = None,
    public: Path | None = None,
    write: Path | None = None,
    language: Language = "en",
    json: bool = False,
) -> int:
    """What a scenario would do: people, space, money, law and duties, each with its range.

    Ranges are of draws under the stated assumptions. The same file, seed and version give the same
    numbers on any executor.

    Args:
        name: a scenario's file (.toml), or the id of one that comes with the library.
        draws: how many times the whole period is drawn.
        seed: of chance.
        executor: serial, processes, ray or dask.
        workers: how many at a time; 0: one a core.
        address: of a cluster of ray or dask that is there.
        out: a folder for report, charts, tables and draws; a run that was stopped goes on in it.
        compare: another scenario, drawn with the same chance, to hold this one against.
        at_most: seconds; a run that would take longer says so and does not begin.
        sobol: tell also what part of the spread each assumption makes (takes longer).
        list: name the scenarios that come with the library.
        register: a register's file: who is held when the scenario begins is measured from it.
        agreement: under which they are held.
        deal: its name in the scenario, where several have that agreement, or none.
        size: how many leaves were known then; where absent, those recorded by then.
        public: a folder of published statistics: for a report that is published; see docs.
        write: write the scenario with what was measured to this file, and run nothing.
        language: en or es.
        json: print one JSON document.
    """
    library = agree.library()
    if list or not name:
        return _list(library, json=json)
    asked = Asked(draws, seed, executor, workers, address, at_most, sobol)
    _may_begin(asked, out)
    begun = measured.start(register, agreement, deal, size, public, write)
    texts = [_begun(each, library, begun) for each in (name, compare) if each]
    if write is not None:
        return measured.written(texts[0][0].text, write, register, Path(name))
    return _end(_all(texts, asked, out, library), out, language, json=json)


def _may_begin(asked: Asked, out: Path | None) -> None:
    """What would stop a run at its end stops it before it begins."""
    projecting.asked(asked.draws, asked.seed)
    if out is not None:
        loaded(FILES)
        projection_folder.ours(out)


def _end(found: Sequence[Done] | None, out: Path | None, language: Language, *, json: bool) -> int:
    if found is None:
        return _stopped(out)
    if len(found) > 1:
        return _compared(found, out, language, json=json)
    return _told(found[0], out, language, json=json)


def _all(
    texts: Sequence[tuple[Begun, str]], asked: Asked, out: Path | None, library: Library
) -> Sequence[Done] | None:
    """Each scenario run, and written into its folder; None: somebody stopped it."""
    ready = [scenario.ready(one.text, file, library) for one, file in texts]
    folders = [out, None if out is None else out / "other"]
    try:
        with stopping.once():
            found = [
                projecting.over(_run(one, asked, folder, library), start.actual)
                for one, folder, (start, _) in zip(ready, folders, texts, strict=False)
            ]
    except KeyboardInterrupt:
        return None
    for one, folder, (start, _) in zip(found, folders, texts, strict=False):
        if folder is not None:
            _write(one, folder, start.text)
    return found


def _list(library: Library, *, json: bool) -> int:
    found = scenario.shipped(library)
    if json:
        rows = [{"id": each, "title": {"en": title.en, "es": title.es}} for each, title in found]
        output.document({"scenarios": rows, "review": NOT_REVIEWED})
        return output.DONE
    told = [(each, title.en) for each, title in found]
    output.console().print(output.table("Scenarios", ("id", "title"), told))
    output.note(NOT_REVIEWED)
    return output.DONE


def _text(name: str) -> tuple[str, str]:
    """The text of a scenario, and the name of its file."""
    path = Path(name)
    if path.suffix == ".toml" or path.exists():
        return text_files.text(path), path.name
    return scenario.shipped_text(name), f"{name}.toml"


def _begun(name: str, library: Library, start: measured.Start | None) -> tuple[Begun, str]:
    """A scenario as it is run, and the name of its file."""
    text, file = _text(name)
    if start is None:
        return Begun(text, None), file
    return measured.begun(text, file, library, start), file


def _run(ready: scenario.Ready, asked: Asked, folder: Path | None, library: Library) -> Done:
    projecting.kept(ready, asked.draws)
    payload = projecting.payload(ready)
    ways = Ways(ready.scenario, ready.plan, loaded(projecting.AT), asked.seed, library)
    with runners.opened(asked.executor, asked.workers, asked.address) as runner:
        seconds = runners.estimate(
            runner, projecting.TASK, payload, asked.seed, asked.draws, perf_counter
        )
        more = draws_of(ways, SOBOL_ROWS if asked.sobol else 0)  # these run one after the other
        seconds += seconds / asked.draws * runner.workers * more
        if not seconds <= asked.at_most:  # what is no number allows nothing
            raise projecting.longer(seconds, asked.at_most, asked.draws)
        with _bar(ready.scenario.id, asked.draws, folder) as told:
            if folder is None:
                parts = runner.run(projecting.TASK, payload, asked.seed, asked.draws, told)
                arrays = projecting.merged(parts, asked.draws)
            else:
                stamp = draw_files.stamp(
                    projecting.TASK, payload, asked.seed, asked.draws, runners.versions()
                )
                files = draw_files.begun(folder / projection_folder.RUN, stamp)
                arrays = draw_files.drawn(files, runner, payload, told)
    found = projecting.done(ready, arrays, asked.seed, library)
    words = projecting.words()
    seen = replace(found.seen, moved=drivers(ready, ways, words))
    if asked.sobol:
        indices = loaded("habeas.projection.sobol:indices")
        seen = replace(seen, shares=shares(ways, words, indices, SOBOL_ROWS))
    return replace(found, seen=projecting.with_sources(seen, library))


@contextmanager
def _bar(name: str, draws: int, folder: Path | None) -> Iterator[Callable[[int, int], None]]:
    """Progress on stderr, and in the folder for whoever waits elsewhere."""
    so_far = 0
    with Bar(name, draws, LONG) as bar:

        def told(done: int, wanted: int) -> None:
            nonlocal so_far
            bar.advance(done - so_far)
            so_far = done
            if folder is not None:
                projection_folder.tell(folder, done, wanted)

        yield told


def _stopped(out: Path | None) -> int:
    """What is there after somebody stopped a run, and how to go on."""
    if out is None:
        output.note("stopped; nothing was kept: with --out DIR the draws that are done stay")
        return STOPPED
    run = out / projection_folder.RUN
    try:
        files = draw_files.opened(run)
    except HabeasError:
        there = "no draws"
    else:
        there = files.progress()
        projection_folder.tell(out, files.kept(), files.stamp.draws)  # it may be a part behind
    output.note(f"stopped; {there} are in '{run}': the same call goes on from there")
    return STOPPED


def _drawn(reports: Mapping[Language, Report], name: str) -> dict[str, bytes]:
    """Each report as pages and drawings."""
    plain = {lang: asdict(one) for lang, one in reports.items()}
    made: dict[str, bytes] = loaded(FILES)(plain, name)
    return made


def _write(found: Done, folder: Path, text: str) -> None:
    files = {
        "scenario.toml": text.encode(),
        "projection.json": projection_folder.document(projecting.document(found.result)),
        **_drawn(projecting.reports(found.seen), "report"),
    }
    for name, rows in projecting.tables(found.result).items():
        files[f"{name}.parquet"] = projection_folder.parquet(rows)
    projection_folder.write(folder, files)


def _told(found: Done, out: Path | None, language: Language, *, json: bool) -> int:
    if json:
        output.document(projecting.document(found.result))
        return output.DONE
    shown(projecting.reports(found.seen)[language])
    if out is not None:
        output.lines([str(out / "report.html")])
    output.note(NOT_REVIEWED)
    return output.DONE


def _compared(found: Sequence[Done], out: Path | None, language: Language, *, json: bool) -> int:
    one, other = found
    made = projection_compare.compared((one.drawn, one.seen), (other.drawn, other.seen))
    reports = projecting.comparisons(made)
    document = projecting.comparison(made)
    if out is not None:
        files = _drawn(reports, "comparison")
        files["comparison.json"] = projection_folder.document(document)
        last = "comparison.html"  # with it the comparison is whole
        for name, data in sorted(files.items(), key=lambda one: one[0] == last):
            projection_folder.whole(out / name, data)
    if json:
        output.document(document)
        return output.DONE
    shown(reports[language])
    if out is not None:
        output.lines([str(out / "comparison.html")])
    output.note(NOT_REVIEWED)
    return output.DONE
