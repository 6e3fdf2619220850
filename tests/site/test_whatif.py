"""The page's own pooling against `evidence.meta`, and the panel in a browser: what a reader does and gets."""

import json
import math
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from scipy import stats

from evidence import dataset
from evidence.charts.theme import PALETTE
from evidence.effects import Effect, Options, effects
from evidence.grade.statement import statement
from evidence.meta import pool, pool_censored
from evidence.question import Question, select
from evidence.report import Report
from evidence.report.sections.whatif import WhatIf, embedded
from evidence.wording.numbers import number

pytestmark = pytest.mark.xdist_group("whatif")

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "_static"
ADDRESS = "http://book.test/page.html"
ESTIMATORS = ("REML", "DL", "PM", "ML", "EB", "HE", "HS", "SJ")
INTERVALS = ("wald", "t", "HKSJ", "HKSJ-adhoc")
FIELDS = ("estimate", "se", "ci_low", "ci_high", "p_value", "pi_low", "pi_high", "tau2", "i2", "q")

#: They differ in kind: an assumed correlation, bounded trials, flagged trials, one trial.
PLACES = (
    ("ketamine", "neuropathic", "intravenous", "during_infusion"),
    ("ketamine", "neuropathic", "intravenous", "short"),
    ("dextromethorphan", "neuropathic", "oral", "short"),
    ("memantine", "neuropathic", "oral", "short"),
    ("magnesium", "neuropathic", "intravenous", "short"),
)


@pytest.fixture(scope="module")
def whatifs() -> list[tuple[Report, str, str, WhatIf]]:
    places = [(Report(drug, condition), route, window) for drug, condition, route, window in PLACES]
    return [(report, route, window, report.whatif(route, window)) for report, route, window in places]


def html(*shown: WhatIf) -> str:
    styles = "".join(
        f"<style>{(STATIC / name).read_text()}</style>" for name in ("evidence.css", "whatif.css")
    )
    scripts = "".join(f'<script defer src="/_static/{name}"></script>' for name in ("meta.js", "whatif.js"))
    body = "".join(item._repr_html_() for item in shown)
    meta = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    head = f"{meta}<title>What if</title>{styles}"
    return (
        f'<!DOCTYPE html><html lang="en"><head>{head}{scripts}</head><body><main>{body}</main></body></html>'
    )


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that must not complain, nor ask for anything outside the site."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    context.route("**/*", lambda route: (page.complaints.append(route.request.url), route.abort()))
    context.route(
        "http://book.test/_static/*",
        lambda route: route.fulfill(path=STATIC / urlsplit(route.request.url).path.rsplit("/", 1)[-1]),
    )
    yield page
    assert page.complaints == []
    context.close()


def show(page: Page, *shown: WhatIf, query: str = "") -> None:
    content = html(*shown)
    page.context.route(
        "http://book.test/page.html*", lambda route: route.fulfill(content_type="text/html", body=content)
    )
    page.goto(ADDRESS + query)


def spaced(words: str) -> str:
    """Return words with ordinary spaces."""
    return words.replace("\u00a0", " ")


def near(found: float, expected: float, tolerance: float = 1e-6) -> bool:
    return math.isclose(found, expected, rel_tol=tolerance, abs_tol=tolerance)


def test_quantiles_equal_scipy(page: Page, whatifs) -> None:
    show(page, whatifs[0][3])
    asked = [
        (level, df) for level in (0.5, 0.8, 0.9, 0.95, 0.99, 0.999) for df in (*range(1, 31), 60, 121, None)
    ]
    found = page.evaluate(
        "asked => asked.map(([l, df]) => evidenceMeta.criticalValue(l, df ?? Infinity))", asked
    )
    expected = [stats.t.ppf((1 + level) / 2, df or math.inf) for level, df in asked]
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    tails = [(t, df) for t in (0, 0.3, 1, 1.96, 2.9, 3.1, 7.5) for df in (1, 2, 3, 4, 9, 40, None)]
    found = page.evaluate("asked => asked.map(([t, df]) => evidenceMeta.twoSidedP(t, df ?? Infinity))", tails)
    expected = [2 * stats.t.sf(t, df or math.inf) for t, df in tails]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-14)


def test_pool_equals_meta_on_random_data(page: Page, whatifs) -> None:
    """Studies of very unequal precision, likelihoods with several hills, no heterogeneity, much of it."""
    show(page, whatifs[0][3])
    rng = np.random.default_rng(20)
    cases = []
    for _ in range(300):
        k = int(rng.integers(1, 15))
        vi = np.exp(rng.normal(3, rng.uniform(0.1, 3), k))
        yi = rng.normal(rng.normal(0, 20), np.sqrt(vi + rng.choice([0, 5, 400])))
        cases.append((yi.tolist(), vi.tolist(), str(rng.choice(ESTIMATORS)), str(rng.choice(INTERVALS))))
    # Two hills of the likelihood, the higher one away from 0
    cases += [([0, 0.1, 30, 60], [0.01, 0.01, 20, 20], tau2, "HKSJ") for tau2 in ("REML", "ML")]
    found = page.evaluate(
        "cases => cases.map(([y, v, tau2, ci]) => evidenceMeta.pool(y, v, {tau2, ci}))", cases
    )
    for case, js in zip(cases, found, strict=True):
        py = pool(case[0], case[1], tau2=case[2], ci=case[3])
        wrong = {
            name: (js[name], getattr(py, name)) for name in FIELDS if not near(js[name], getattr(py, name))
        }
        assert not wrong, (case, wrong)
        np.testing.assert_allclose(js["weights"], py.weights, atol=1e-6)


def random_state(rng: np.random.Generator, data: dict) -> dict:
    trials = [*data["studies"], *data["bounded"]]
    return {
        "evidence": str(
            rng.choice(["reported", "derived", "derived", "all"] if data["bounded"] else ["derived"])
        ),
        "tau2": str(rng.choice(ESTIMATORS)),
        "ci": str(rng.choice(INTERVALS)),
        "mid": float(rng.integers(1, 40)) / 2,
        "r": float(rng.choice(data["correlations"])) if data["correlations"] else data["correlation"],
        "on": [[trial["id"], bool(trial.get("usable", True) and rng.random() < 0.8)] for trial in trials],
    }


@cache
def effects_under(question: Question, correlation: float | None) -> tuple[Effect, ...]:
    ds = dataset.load()
    return effects(select(question, ds, flag_rule="with_excluded"), ds, Options(correlation=correlation))


def expected_pool(report: Report, route: str, window: str, state: dict):
    """Pool the effects that `evidence.effects` makes under a state, without the page's data."""
    everything = state["evidence"] == "all"
    question = report.analysis(route, window).question
    found = effects_under(question, None if everything else state["r"])
    on = dict(state["on"])
    chosen = [effect for effect in found if on.get(effect.study_id)]
    classes = ("reported",) if state["evidence"] == "reported" else ("reported", "derived")
    numeric = [effect for effect in chosen if effect.evidence_class in classes]
    bounds = [effect.bound for effect in chosen if effect.evidence_class == "bounded" and effect.bound]
    if not numeric or (everything and (len(numeric) < 2 or not bounds)):
        return None
    yi, vi = [effect.yi for effect in numeric], [effect.vi for effect in numeric]
    return pool_censored(yi, vi, bounds) if everything else pool(yi, vi, tau2=state["tau2"], ci=state["ci"])


def test_random_settings_of_several_reports_equal_meta(page: Page, whatifs) -> None:
    rng = np.random.default_rng(7)
    show(page, whatifs[0][3])
    pooled = 0
    for report, route, window, item in whatifs:
        states = [random_state(rng, item.data) for _ in range(80)]
        found = page.evaluate(
            """([data, states]) => states.map((state) => {
                 const found = evidenceWhatIf.analyse(data, {...state, on: new Map(state.on)});
                 return [found.pooled ?? null, found.reason ?? null,
                         evidenceWhatIf.sentences(data, {...state, on: new Map(state.on)}, found)];
               })""",
            [item.data, states],
        )
        for state, (js, reason, sentences) in zip(states, found, strict=True):
            if js is None and state["evidence"] == "all" and reason.startswith("The pool with bounded"):
                continue  # not fitted beforehand, and the page says so
            py = expected_pool(report, route, window, state)
            assert (js is None) == (py is None or py.estimate is None), (state, js, py)
            if js is None:
                assert sentences[0].startswith("How much ")
                continue
            pooled += 1
            fields = FIELDS if state["evidence"] != "all" else ("estimate", "ci_low", "ci_high", "tau2")
            wrong = {
                name: (js[name], getattr(py, name))
                for name in fields
                if not near(js[name], getattr(py, name))
            }
            assert not wrong, (item.key, state, wrong)
            data = item.data
            words = statement(data["subject"], data["outcome"], py.estimate, state["mid"], data["certainty"])
            assert sentences[0] == words
            low, high = number(py.ci_low), number(py.ci_high)
            assert f"{number(py.estimate)} points (95% CI {low} to {high})" in sentences[1]
    assert pooled >= 200


def test_words_equal_those_of_the_report(page: Page, whatifs) -> None:
    show(page, whatifs[0][3])
    rng = np.random.default_rng(3)
    values = [*rng.normal(0, 30, 200).tolist(), 0.25, -0.75, 0.35, -0.04, 12345.65, -1234567.25, 0.0]
    assert page.evaluate("v => v.map((x) => evidenceWhatIf.number(x))", values) == [number(v) for v in values]
    assert page.evaluate("v => v.map((x) => evidenceWhatIf.number(x, 0))", [0.5, 1.5, -2.5]) == [
        "0",
        "2",
        "−2",
    ]
    cases = [
        ("Oral ketamine", "pain", estimate, 10, certainty)
        for estimate in (-27.7, -20, -12, -7, -3, 0, 4, 6, 11, 25)
        for certainty in ("high", "moderate", "low", "very low")
    ]
    found = page.evaluate("cases => cases.map((case_) => evidenceWhatIf.statement(...case_))", cases)
    assert found == [statement(*case) for case in cases]


def test_the_page_opens_with_the_answer_of_the_report(page: Page, whatifs) -> None:
    for _, _, _, item in whatifs:
        show(page, item)
        panel = page.locator(f"#{item.key}")
        assert panel.locator(".ev-statement").inner_text() == item.statement
        said = panel.locator(".ev-whatif-result p").nth(1).inner_text()
        assert spaced(item.numbers).startswith(spaced(said))
        assert panel.locator(".ev-whatif-static").is_hidden()


def test_without_script_the_page_is_complete(browser: Browser, whatifs) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    item = whatifs[3][3]
    page.set_content(html(item))
    assert item.statement in page.inner_text("main")
    assert item.numbers in page.inner_text("main")
    assert page.locator("fieldset").count() == 0
    context.close()


def test_choices_change_the_answer_and_live_in_the_address(page: Page, whatifs) -> None:
    item, other = whatifs[3][3], whatifs[0][3]
    show(page, other, item, query="?theme=x")
    panel = page.locator(f"#{item.key}")
    before = panel.locator(".ev-whatif-result").inner_text()
    figure = panel.locator("svg").get_attribute("aria-label")
    panel.get_by_role("checkbox", name="Maier 2003").uncheck()
    panel.get_by_label("Smallest difference that matters").fill("5")
    panel.get_by_label("tau² estimator").select_option("DL")
    after = panel.locator(".ev-whatif-result").inner_text()
    rest = [trial for trial in item.data["studies"] if trial["counted"] and trial["id"] != "Maier2003"]
    alone = pool([trial["yi"] for trial in rest], [trial["vi"] for trial in rest], tau2="DL", ci="HKSJ-adhoc")
    expected_words = f"{number(alone.estimate)} points (95% CI {number(alone.ci_low)}"
    assert expected_words in spaced(after) and after != before
    assert panel.locator("svg").get_attribute("aria-label") != figure
    kept = parse_qs(urlsplit(page.url).query)
    expected = {"out": "Maier2003", "mid": "5", "tau2": "DL"}
    assert kept == {"theme": ["x"]} | {f"{item.key}.{name}": [value] for name, value in expected.items()}
    link = panel.get_by_role("link", name="Link to these choices").get_attribute("href")
    assert urlsplit(link).fragment == item.key
    page.reload()
    assert panel.locator(".ev-whatif-result").inner_text() == after
    assert not panel.get_by_role("checkbox", name="Maier 2003").is_checked()
    page.goto(link)
    assert panel.locator(".ev-whatif-result").inner_text() == after
    panel.get_by_role("button", name="As in the report").click()
    assert panel.locator(".ev-whatif-result").inner_text() == before
    assert urlsplit(page.url).query == "theme=x"


def test_the_keyboard_reaches_and_switches_everything(page: Page, whatifs) -> None:
    item = whatifs[3][3]
    show(page, item)
    panel = page.locator(f"#{item.key}")
    before = panel.locator(".ev-whatif-result").inner_text()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == item.data["studies"][0]["id"]
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Space")
    assert panel.locator(".ev-whatif-result").inner_text() != before
    reached = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent.slice(0, 12)"))
    assert {"As in the re", "Link to thes"} <= reached
    assert panel.locator(".ev-whatif-result").get_attribute("aria-live") == "polite"


def test_an_address_with_nonsense_gives_the_report(page: Page, whatifs) -> None:
    item = whatifs[0][3]
    bad = "&".join(
        f"{item.key}.{name}={value}"
        for name, value in (("tau2", "__proto__"), ("ci", "x"), ("mid", "-3"), ("r", "2"), ("out", "Nobody"))
    )
    show(page, item, query=f"?{bad}")
    assert page.locator(".ev-statement").inner_text() == item.statement
    assert not page.locator(f"#{item.key}[data-changed]").count()


#: Choices that do not fit into their select, which keeps some 24 px for its arrow.
UNFIT = """() => [...document.querySelectorAll("select")].flatMap((select) => {
  const style = getComputedStyle(select), pen = document.createElement("canvas").getContext("2d");
  pen.font = style.font;
  const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 24;
  const texts = [...select.options].map((option) => option.text);
  return texts.filter((text) => pen.measureText(text).width > room);
})"""


def boxes(page: Page, selector: str) -> list[dict]:
    script = (
        """found => found.map((one) => ({...one.getBoundingClientRect().toJSON(), text: one.textContent}))"""
    )
    return page.eval_on_selector_all(selector, script)


def crossed(page: Page, words: str, lines: str) -> list[str]:
    """Return the words that a line runs through."""
    drawn = boxes(page, lines)
    assert drawn
    return [
        text["text"]
        for text in boxes(page, words)
        for line in drawn
        if text["left"] < line["left"] < text["right"]
        and min(text["bottom"], line["bottom"]) - max(text["top"], line["top"]) > 1
    ]


def apart(page: Page, selector: str) -> float:
    """Return the smallest gap between neighbours in one line."""
    found = sorted(boxes(page, selector), key=lambda box: box["left"])
    return min(right["left"] - left["right"] for left, right in pairwise(found))


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_panel_fits_and_is_accessible(page: Page, whatifs, width: int, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": width, "height": 800})
    item = whatifs[0][3]
    show(page, item, query=f"?{item.key}.evidence=all")
    page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
    page.evaluate("document.body.style.background = 'var(--ev-surface)'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = page.evaluate(
        """() => [...document.querySelectorAll("svg text")].filter((text) => {
             const box = text.getBoundingClientRect(), all = text.ownerSVGElement.getBoundingClientRect();
             return box.left < all.left - 1 || box.right > all.right + 1;
           }).map((text) => text.textContent)"""
    )
    assert cut == []
    assert crossed(page, "svg text", ".ev-null, .ev-mid") == []
    assert apart(page, ".ev-tick") >= 12
    assert page.evaluate(UNFIT) == []
    found = Axe().run(page, options={"rules": {"page-has-heading-one": {"enabled": False}}})
    assert found.violations_count == 0, found.generate_report()


def test_untrusted_text_stays_text(page: Page) -> None:
    nasty = "</script><script>window.hurt = 1</script><!--\"'&\u202e=1+1"
    trial = {"id": "A", "label": nasty, "class": "derived", "arms": nasty, "people": 9}
    trials = [{**trial, "yi": -5.0, "vi": 4.0, "counted": True, "why": nasty}]
    data = {
        "key": "whatif-x",
        "drug": nasty,
        "subject": nasty,
        "outcome": nasty,
        "certainty": "low",
        "mid": 10.0,
        "correlation": 0.5,
        "correlations": [],
        "studies": trials,
        "bounded": [],
        "everything": {},
    }
    assert not re.search("[<>&]", embedded(data))
    assert json.loads(embedded(data)) == data
    show(page, WhatIf("whatif-x", nasty, nasty, nasty, data))
    assert page.evaluate("window.hurt") is None
    assert nasty in page.locator("fieldset label b").first.inner_text()
    with pytest.raises(ValueError, match="JSON compliant"):
        embedded({"mid": math.nan})


def made_up(studies: list[tuple[float, float]], bounded: tuple[dict, ...] = ()) -> WhatIf:
    """A panel with trials of given effects and variances."""
    trials = [
        {"id": f"T{i}", "label": f"T{i}", "class": "reported", "arms": "", "people": 9, "counted": True}
        | {"yi": yi, "vi": vi}
        for i, (yi, vi) in enumerate(studies)
    ]
    data = {"key": "whatif-x", "drug": "x", "subject": "X", "outcome": "pain", "certainty": "low"}
    data |= {"measured": "pain", "unit": "points on 0–100"}
    data |= {"mid": 10.0, "correlation": 0.5, "correlations": [], "everything": {}}
    return WhatIf("whatif-x", "X", "S", "N", data | {"studies": trials, "bounded": list(bounded)})


def ends(page: Page) -> tuple[float, float]:
    """Return the first and the last number on the axis."""
    ticks = [text.replace("\u2212", "-") for text in page.locator(".ev-tick").all_text_contents()]
    return float(ticks[0]), float(ticks[-1])


def test_the_figure_looks_like_the_forest_plot(page: Page) -> None:
    """Colours of charts/theme.py, on the printed page; the interval of a precise trial over its square."""
    show(page, made_up([(-12.0, 0.01), (-2.0, 25.0), (-30.0, 100.0)]))
    colour = "e => [getComputedStyle(e).fill, getComputedStyle(e).stroke]"
    painted = {
        name: page.locator(f"svg .{name}").first.evaluate(colour)
        for name in ("ev-reported", "ev-mid", "ev-pooled", "ev-prediction", "ev-over")
    }
    rgb = {
        role: f"rgb({', '.join(str(int(PALETTE[role].light[i : i + 2], 16)) for i in (1, 3, 5))})"
        for role in PALETTE
    }
    assert painted["ev-reported"][0] == rgb["blue"]
    assert painted["ev-mid"][1] == rgb["ochre"]
    assert painted["ev-pooled"][0] == rgb["ink"]
    assert painted["ev-prediction"][0] == rgb["purple"]
    assert painted["ev-over"][1] == rgb["surface"]
    assert page.locator("svg .ev-over").count() == 1


def test_pooled_intervals_beyond_the_scale_of_pain_end_in_arrows(page: Page) -> None:
    show(page, made_up([(-70.0, 100.0), (20.0, 100.0)]))  # t with one degree of freedom: hundreds of points
    low, high = ends(page)
    assert low >= -100 and high <= 100
    frame = boxes(page, "svg .ev-axis")[0]
    for name in ("ev-pooled", "ev-prediction"):
        (box,) = boxes(page, f"svg .{name}")
        assert frame["left"] < box["left"] and box["right"] < frame["right"]
        assert page.locator(f"svg .ev-of-{name.removeprefix('ev-')}").count() == 2


def test_a_trial_without_a_side_puts_no_effect_in_the_middle(page: Page) -> None:
    trial = {"id": "B", "label": "B", "arms": "", "people": 9, "usable": True, "said": "not significant"}
    item = made_up([(-20.0, 25.0), (-15.0, 25.0), (-10.0, 25.0)], ({**trial, "direction": None},))
    show(page, item)
    low, high = ends(page)
    assert low < -high
    show(page, item, query="?whatif-x.evidence=all")
    low, high = ends(page)
    assert low == -high
