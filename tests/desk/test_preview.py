"""The preview tells on the page what cannot be built."""

import time
from types import SimpleNamespace

from livereload import Server
from livereload.handlers import LiveReloadHandler

from evidence.desk import preview, warm
from evidence.desk.warm import Ended
from evidence.publish.project import here

PAGE = (
    b'<html><head><meta http-equiv="Content-Security-Policy" content="script-src \'self\'"></head>'
    b'<body class="a"><p>Text</p></body></html>'
)


def test_a_problem_stands_at_the_top_of_the_page_and_is_text():
    page = preview.with_problems(PAGE, "chapters/a.md:3: <script>alert(1)</script>")
    assert page.index(b"the change cannot be built") < page.index(b"<p>Text</p>")
    assert b"&lt;script&gt;alert(1)&lt;/script&gt;" in page and b"<script>" not in page
    assert b'role="alert"' in page


def test_a_page_without_problems_is_as_it_was_but_for_the_policy():
    assert preview.with_problems(PAGE, "") == (
        b'<html><head></head><body class="a"><p>Text</p></body></html>'
    )


def test_problems_come_with_a_failed_build_and_go_with_the_next(capsys):
    answers = iter([Ended(1, "data/a.csv:2: wrong\n"), Ended(0, "")])
    state = preview.State()
    build = preview.rebuild(lambda: next(answers), state)
    build()
    assert state.problems == "data/a.csv:2: wrong"
    assert "data/a.csv:2: wrong" in capsys.readouterr().err
    build()
    assert state.problems == ""


def test_the_size_of_a_page_is_that_of_what_is_sent(tmp_path):
    (tmp_path / "a.html").write_bytes(PAGE)
    state = preview.State()
    pages = preview.handler(state)
    plain = pages.get_content(str(tmp_path / "a.html"))
    state.problems = "wrong"
    assert len(pages.get_content(str(tmp_path / "a.html"))) > len(plain)
    handler = SimpleNamespace(absolute_path=str(tmp_path / "a.html"), get_content=pages.get_content)
    assert pages.get_content_size(handler) == len(pages.get_content(str(tmp_path / "a.html")))


def test_a_page_is_told_of_a_change_right_after_another(monkeypatch):
    """Where livereload waits, a page keeps the state between the two until the next change."""
    told = []

    def changes(*_, **__):
        for _ in range(2):
            LiveReloadHandler.poll_tasks()

    watcher = SimpleNamespace(examine=lambda: ("a.md", None), filepath="a.md")
    for name, value in {
        "watcher": watcher,
        "waiters": [SimpleNamespace(write_message=told.append)],
        "_last_reload_time": time.time(),
        "DEFAULT_RELOAD_TIME": LiveReloadHandler.DEFAULT_RELOAD_TIME,
    }.items():
        monkeypatch.setattr(LiveReloadHandler, name, value)
    monkeypatch.setattr(warm.Builder, "build", lambda _: Ended(0, ""))
    monkeypatch.setattr(Server, "watch", lambda *_, **__: None)
    monkeypatch.setattr(Server, "serve", changes)
    preview.serve(here(), 0, browser=False)
    assert len(told) == 2
