"""The pages in the words of schema.org (JSON-LD)."""

from __future__ import annotations

from typing import Any

from evidence.publish.site.book import Book
from evidence.publish.site.files import File, data_files, picture, report_files
from evidence.publish.site.pages import Page
from evidence.publish.site.trials import Trial
from evidence.publish.site.work import Author, Work

Node = dict[str, Any]


def document(book: Book, page: Page) -> Node:
    """Return what a page is."""
    shared = {"@context": "https://schema.org", "@id": page.url, "url": page.url, **_common(page.work)}
    about = {"name": page.citation.title, "description": page.description}
    return (
        shared
        | about
        | {
            "book": _book,
            "report": _report,
            "data": _dataset,
            "page": _plain,
        }[page.kind](book, page)
    )


def _common(work: Work) -> Node:
    return {
        "inLanguage": "en",
        "author": [author_node(author) for author in work.authors],
        "publisher": author_node(work.authors[0]),
        "datePublished": work.date.isoformat(),
        "version": work.version,
        "license": work.licence_url,
        "isAccessibleForFree": True,
        "keywords": list(work.keywords),
    }


def author_node(author: Author) -> Node:
    """Return an author."""
    if author.is_group:
        return {"@type": "Organization", "name": author.name}
    person = {"@type": "Person", "givenName": author.given, "familyName": author.family, "name": author.name}
    return person | ({"@id": author.orcid} if author.orcid else {})


def _book(book: Book, page: Page) -> Node:
    parts = [
        {"@type": "MedicalScholarlyArticle", "@id": report.url, "name": report.title}
        for report in book.reports
    ]
    identifier = {"identifier": f"https://doi.org/{page.work.doi}"} if page.work.doi else {}
    return {"@type": "Book", "name": page.work.title, "hasPart": parts} | identifier


def _report(book: Book, page: Page) -> Node:
    shown = picture(page)
    image = {"image": page.work.address(shown.path)} if shown else {}
    return {
        "@type": "MedicalScholarlyArticle",
        "headline": page.title,
        "isPartOf": _whole(page.work),
        "isBasedOn": [trial_node(book.around.trials[study]) for study in page.studies],
        "encoding": [_media(page.work, file) for file in report_files(page)],
    } | image


def _dataset(book: Book, page: Page) -> Node:
    columns = sorted({column.name for table in book.ds.contract.tables.values() for column in table.columns})
    return {
        "@type": "Dataset",
        "isPartOf": _whole(page.work),
        "creator": [author_node(author) for author in page.work.authors],
        "distribution": [_media(page.work, file) | {"@type": "DataDownload"} for file in data_files(book)],
        "variableMeasured": columns,
    }


def _plain(_: Book, page: Page) -> Node:
    return {"@type": "WebPage", "isPartOf": _whole(page.work)}


def _whole(work: Work) -> Node:
    return {"@type": "Book", "@id": work.url, "name": work.title}


def _media(work: Work, file: File) -> Node:
    described = {"description": file.description} if file.description else {}
    return {
        "@type": "MediaObject",
        "name": file.title,
        "contentUrl": work.address(file.path),
        "encodingFormat": file.media_type,
    } | described


def trial_node(trial: Trial) -> Node:
    """Return the publication of a trial: its DOI where it has one, else what is known of it."""
    if trial.doi_url:
        return {"@type": "ScholarlyArticle", "@id": trial.doi_url}
    known = {"url": trial.url, "datePublished": trial.year}
    named = {"@type": "ScholarlyArticle", "name": trial.title or trial.label}
    return named | {key: value for key, value in known.items() if value}
