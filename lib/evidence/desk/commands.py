"""The editor's commands of `python -m evidence`: their options, and what each does; imports come late."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from evidence.desk import package_commands, review_commands
from evidence.desk.options import DRY, tell, writing


def register(commands: Any) -> None:
    """Add the editor's commands to those of `python -m evidence`."""
    _add(commands)
    _remove(commands)
    _new(commands)
    diff = commands.add_parser("diff", help="say what a change of the tables does to every answer")
    diff.add_argument("old", nargs="?", default="HEAD", help="a git revision or a folder of tables [HEAD]")
    diff.add_argument("new", nargs="?", help="the same; without it, the tables as they are now")
    diff.set_defaults(run=_diff)
    release = commands.add_parser("release", help="keep the answers of this version, and start the next")
    release.add_argument("following", help="the version that starts now, such as 0.2.0")
    writing(release)
    release.set_defaults(run=_release)
    tidy = commands.add_parser("tidy", help="take back what a spreadsheet program did to the tables")
    tidy.add_argument("folder", nargs="?", type=Path, help="another folder of tables")
    tidy.add_argument("--dry-run", action="store_true", help="say what would be done, and write nothing")
    tidy.set_defaults(run=_tidy)
    explain = commands.add_parser("explain", help="say how each number of a study reaches each page")
    explain.add_argument("study_id", help="such as Sigtermans2009")
    explain.set_defaults(run=_explain)
    calculate = commands.add_parser("calculate", help="turn what a report gives into what a form needs")
    calculate.add_argument("name", nargs="?", help="such as sd_from_se; without it all are listed")
    calculate.add_argument("given", nargs="*", metavar="name=value", help="such as se=0.5 n=25")
    calculate.set_defaults(run=_calculate)
    package_commands.add_shelf(commands)
    review_commands.register(commands)
    edit = commands.add_parser("edit", help="open the chapters as notebooks in JupyterLab")
    edit.add_argument("arguments", nargs="*", help="arguments for JupyterLab, after --")
    edit.set_defaults(run=_edit)
    preview = commands.add_parser("preview", help="show the site, and build it again at every change")
    preview.add_argument("--port", type=int, default=8000)
    preview.add_argument("--no-browser", action="store_true", help="do not open a browser")
    preview.set_defaults(run=_preview)


def _add(commands: Any) -> None:
    add = commands.add_parser("add", help="add evidence to the tables").add_subparsers(
        required=True, metavar="what"
    )
    study = add.add_parser("study", help="add a study: from a filled form, from a file, or by answering")
    study.add_argument(
        "forms",
        nargs="*",
        type=Path,
        help="a form (.yaml, .xlsx), CSV files named after tables, or a folder of them",
    )
    study.add_argument(
        "--from",
        dest="source",
        type=Path,
        help="a record to start from: .ris, .bib, .nbib, .ciw, .enw, .txt, CSL or registry .json",
    )
    study.add_argument("--record", type=int, help="which record of the file, where it holds several")
    study.add_argument("--template", action="store_true", help="print a form to fill in, and write nothing")
    study.add_argument("--xlsx", type=Path, help="write the form to fill in as a spreadsheet")
    writing(study)
    study.set_defaults(run=_add_study)


def _new(commands: Any) -> None:
    new = commands.add_parser("new", help="start a part of the book").add_subparsers(
        required=True, metavar="what"
    )
    chapter = new.add_parser("chapter", help="start a report and its entry in _toc.yml")
    chapter.add_argument("drug", help="a drug of labels.csv")
    chapter.add_argument("condition", help="a condition group of labels.csv")
    chapter.add_argument("--dry-run", action="store_true", help="print the chapter, and write nothing")
    chapter.set_defaults(run=_new_chapter)
    package_commands.add_book(new)


def _remove(commands: Any) -> None:
    remove = commands.add_parser("remove", help="take evidence out of the tables").add_subparsers(
        required=True, metavar="what"
    )
    study = remove.add_parser("study", help="remove every row of a study")
    study.add_argument("study_id")
    writing(study)
    study.set_defaults(run=_remove_study)


def _add_study(options: argparse.Namespace) -> int:
    from evidence.dataset.files import read_snapshot
    from evidence.desk import ask, forms, study
    from evidence.desk.problems import DeskError

    folder = _folder(options)
    try:
        contract = read_snapshot(folder).contract
        records = _records(options)
        found = _filled(options, contract, records)
        notes = dict.fromkeys(note for record in records for note in record.notes)
        likenesses = (likeness for rows in found for likeness in study.likenesses(folder, rows))
        for note in (*notes, *likenesses):
            print(f"note: {note}", file=sys.stderr)
        if options.xlsx:
            return _write_spreadsheet(options.xlsx, contract, found)
        if options.template:
            pairs = zip(found, [record.notes for record in records], strict=False)
            print("---\n".join(study.template(contract, rows, notes) for rows, notes in pairs), end="")
            return 0
        if not options.forms:
            words = ask.words_of(folder)
            found = [forms.merge(ask.ask_study(contract, found[0], input, print, words), {})]
        change = study.additions(folder, found, uncommitted=options.uncommitted)
        return _apply(change, options, {rows["studies"][0]["study_id"] for rows in found})
    except (DeskError, ValueError) as error:
        return _refused(error)


def _filled(options: argparse.Namespace, contract: Any, records: Sequence[Any]) -> list[Any]:
    """Return the rows of each study: of the forms over those of one record, or of each of several."""
    from evidence.desk import forms

    if len(records) != 1:
        return [forms.merge(record.rows, {}) for record in records]
    filled = forms.read_studies(options.forms, contract) if options.forms else [{}]
    return [forms.merge(records[0].rows, rows) for rows in filled]


def _records(options: argparse.Namespace) -> list[Any]:
    """Return the record to start from, all of a file for templates, or an empty one without a file."""
    from evidence.desk.importers import Imported, read_records, read_study
    from evidence.desk.problems import DeskError

    if not options.source:
        return [Imported({})]
    if options.record is not None or not options.template:
        return [read_study(options.source, options.record)]
    records = list(read_records(options.source))
    if len(records) > 1:
        if options.forms:
            raise DeskError(f"{options.source.name}: holds {len(records)} records: choose one with --record")
        print(
            f"note: {options.source.name} holds {len(records)} records: here is a form for each; "
            "--record takes one",
            file=sys.stderr,
        )
    return records


def _write_spreadsheet(path: Path, contract: Any, found: list[Any]) -> int:
    from evidence.desk import study
    from evidence.desk.problems import DeskError
    from evidence.desk.spreadsheet import workbook

    if path.suffix.lower() != ".xlsx":
        raise DeskError(f"{path.name}: the name of a spreadsheet ends in .xlsx")
    if path.exists():
        raise DeskError(
            f"{path.name}: exists already, and may hold what somebody filled in: take another name"
        )
    path.write_bytes(workbook(contract, study.TABLES, found[0]))
    print(f"wrote {path}; fill it in, then: python -m evidence add study {path}", file=sys.stderr)
    return 0


def _remove_study(options: argparse.Namespace) -> int:
    from evidence.desk import reread, study
    from evidence.desk.problems import DeskError
    from evidence.publish import project

    try:
        folder = _folder(options)
        change = study.removal(folder, options.study_id, uncommitted=options.uncommitted)
        if folder == project.here().data:
            for line in reread.naming(project.here().root, options.study_id):
                print(f"note: {line}", file=sys.stderr)
        return _apply(change, options, {options.study_id})
    except (DeskError, ValueError) as error:
        return _refused(error)


def _apply(change: Any, options: argparse.Namespace, touched: Collection[str] = ()) -> int:
    from evidence.desk.change import apply

    shown = change.diff()

    def look(ds: Any) -> None:
        if touched:
            for note in _notes(change, ds, touched):
                print(f"note: {note}", file=sys.stderr)

    apply(change, dry_run=options.dry_run, look=look)
    tell(shown, dry_run=options.dry_run)
    return 0


def _notes(change: Any, ds: Any, touched: Collection[str]) -> Iterator[str]:
    """Yield the results of some studies that no analysis uses, and what the change means for the chapters."""
    from evidence.desk import reread
    from evidence.desk.kept import keeping
    from evidence.desk.spreads import doubtful_spreads
    from evidence.desk.unused import unused
    from evidence.publish import project

    yield from (change.at_its_origin_text(item) for item in unused(ds, touched))
    yield from doubtful_spreads(ds, touched)
    book = project.here()
    if change.folder == book.data:
        with keeping(book):
            yield from reread.after_change(book.root, ds, touched)


def _tidy(options: argparse.Namespace) -> int:
    from evidence.desk.problems import DeskError
    from evidence.desk.tidy import tidied, write
    from evidence.publish import project

    folder = (options.folder or project.here().data).resolve()
    try:
        found = tidied(folder)
        if not options.dry_run:
            write(folder, found)
    except (DeskError, ValueError) as error:
        return _refused(error)
    for item in found:
        print("\n".join(item.done))
    said = f"{len(found)} of the tables changed" if found else "the tables are tidy"
    print(f"{said}{f'; {DRY}' if options.dry_run and found else ''}", file=sys.stderr)
    return 0


def _folder(options: argparse.Namespace) -> Path:
    from evidence.publish import project

    folder: Path = options.data or project.here().data
    return folder.resolve()


def _refused(error: Exception) -> int:
    print(error, file=sys.stderr)
    return 1


def _diff(options: argparse.Namespace) -> int:
    from evidence.desk import reread
    from evidence.desk.diff import compare, reports_to_read
    from evidence.desk.diff_text import markdown
    from evidence.desk.kept import keeping
    from evidence.desk.problems import DeskError
    from evidence.desk.revisions import tables
    from evidence.publish import project

    book = project.here()
    root = book.root
    try:
        with (
            keeping(book) as load,
            tables(options.old, root, load) as old,
            tables(options.new or str(root), root, load) as new,
        ):
            difference = compare(old, new)
            told = [*reread.quick(root, new), *reread.stale(root, new, reports_to_read(difference))]
            print(markdown(difference, told), end="")
    except (DeskError, ValueError) as error:
        return _refused(error)
    return 0


def _release(options: argparse.Namespace) -> int:
    from evidence.desk.problems import DeskError
    from evidence.desk.release import release

    try:
        return _apply(release(_folder(options), options.following, uncommitted=options.uncommitted), options)
    except (DeskError, ValueError) as error:
        return _refused(error)


def _new_chapter(options: argparse.Namespace) -> int:
    from evidence import dataset
    from evidence.desk.chapter import new_chapter
    from evidence.desk.problems import DeskError
    from evidence.publish import project

    book = project.here()
    try:
        new = new_chapter(book.root, dataset.load(book.data), options.drug, options.condition)
        if options.dry_run:
            print(new.text, end="")
        else:
            new.write()
    except (DeskError, ValueError) as error:
        return _refused(error)
    name = new.path.relative_to(book.root)
    said = f"would write {name}" if options.dry_run else f"wrote {name}"
    print(f"{said} and its entry in _toc.yml", file=sys.stderr)
    return 0


def _calculate(options: argparse.Namespace) -> int:
    from evidence.desk.calculate import calculate, listing
    from evidence.desk.problems import DeskError

    try:
        print("\n".join(calculate(options.name, options.given) if options.name else listing()))
    except DeskError as error:
        return _refused(error)
    return 0


def _explain(options: argparse.Namespace) -> int:
    from evidence.desk.explain import explain
    from evidence.desk.kept import keeping
    from evidence.desk.problems import DeskError
    from evidence.publish import project

    book = project.here()
    try:
        with keeping(book) as load:
            for line in explain(book, load(book.data), options.study_id):
                print(line)
    except (DeskError, ValueError) as error:
        return _refused(error)
    return 0


def _edit(options: argparse.Namespace) -> int:
    from evidence.desk import lab

    lab.start(options.arguments)
    return 0


def _preview(options: argparse.Namespace) -> int:
    from evidence.desk.preview import serve
    from evidence.publish import project

    serve(project.here(), options.port, browser=not options.no_browser)
    return 0
