"""The site as a research object: `ro-crate-metadata.json` (RO-Crate 1.1)."""

from __future__ import annotations

import json
from typing import Any

from evidence.publish.site.book import Book
from evidence.publish.site.files import File, data_files, report_files
from evidence.publish.site.linked_data import author_node
from evidence.publish.site.pages import Page
from evidence.publish.site.work import Author, Work

FILE = "ro-crate-metadata.json"


def crate(book: Book) -> bytes:
    """Return the description of the site, its reports and its tables."""
    reports = dict.fromkeys(file for page in book.reports for file in report_files(page))
    files = [*data_files(book), *reports]
    graph = [
        {
            "@id": FILE,
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            "about": {"@id": "./"},
        },
        _root(book, files),
        *(author_node(author) | {"@id": _author_id(author)} for author in book.work.authors),
        {"@id": book.work.licence_url, "@type": "CreativeWork", "name": book.work.licence},
        *(_page(page) for page in book.reports),
        *(_file(file) for file in files),
    ]
    stated = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}
    return (json.dumps(stated, ensure_ascii=False, indent=1) + "\n").encode()


def _root(book: Book, files: list[File]) -> dict[str, Any]:
    work = book.work
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": work.title,
        "description": work.abstract,
        "datePublished": work.date.isoformat(),
        "version": work.version,
        "license": {"@id": work.licence_url},
        "author": [{"@id": _author_id(author)} for author in work.authors],
        "identifier": _identifier(work),
        "url": work.url,
        "keywords": ", ".join(work.keywords),
        "hasPart": [
            {"@id": path} for path in (*(page.path for page in book.reports), *(file.path for file in files))
        ],
    }


def _identifier(work: Work) -> str:
    return f"https://doi.org/{work.doi}" if work.doi else work.url


def _author_id(author: Author) -> str:
    return author.orcid or f"#{author.name.replace(' ', '-')}"


def _page(page: Page) -> dict[str, Any]:
    return {
        "@id": page.path,
        "@type": ["File", "ScholarlyArticle"],
        "name": page.title,
        "description": page.description,
        "encodingFormat": "text/html",
    }


def _file(file: File) -> dict[str, Any]:
    described = {"description": file.description} if file.description else {}
    return {
        "@id": file.path,
        "@type": "File",
        "name": file.title,
        "encodingFormat": file.media_type,
    } | described
