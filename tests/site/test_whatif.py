"""The posterior that a page computes against `evidence.meta.bayes`, and the panel in a browser."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from evidence.charts.theme import PALETTE
from evidence.meta import Bound, HalfNormal, InverseGamma, LogTauSquared, Normal, StudentT, bayes
from evidence.report import Report
from evidence.report.sections.whatif import WhatIf, embedded
from evidence.report.sections.whatif_data import intervals_of, prior_of
from evidence.results.analysis import Analysis
from evidence.results.posterior_words import headline, told
from evidence.wording.posterior import SENTENCES
from tests.report.mirrored import mirrored
from tests.site.whatif import (
    ROOT,
    STATIC,
    analysis_under,
    answered,
    html,
    opened,
    query_of,
    random_state,
    show,
)

pytestmark = pytest.mark.xdist_group("whatif")

#: They differ in kind: reports in doubt, tests only, many trials, directions, one question.
PLACES = (
    ("ketamine", None),
    ("ketamine", "neuropathic"),
    ("magnesium", "headache"),
    ("memantine", "neuropathic"),
    ("dextromethorphan", "neuropathic"),
)
RUN = """([data, states]) => states.map((given) => {
  const state = {...given, on: new Map(given.on), kinds: new Set(given.kinds)};
  const {statement, numbers, answer} = evidenceWhatIf.answered(data, state);
  if (!answer) return {statement, numbers};
  const {primary, mid} = answer;
  const found = {median: primary.median, mean: primary.mean, sd: primary.sd, low: answer.interval[0],
    high: answer.interval[1], relief: primary.probability(0), important: primary.probability(-mid),
    again: primary.newStudy(-mid)};
  return {statement, numbers, found};
})"""


@pytest.fixture(scope="module")
def panels() -> list[tuple[Report, WhatIf]]:
    reports = [Report(drug, condition) for drug, condition in PLACES]
    found = [(report, report.whatifs()) for report in reports]
    return [(report, item) for report, item in found if isinstance(item, WhatIf)]


@pytest.fixture(scope="module")
def item(panels) -> WhatIf:
    return panels[0][1]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with opened(browser) as page:
        yield page


# --------------------------------------------------------------------------------------- the posterior


def random_case(rng: np.random.Generator) -> tuple[Any, ...]:
    """Return evidence of all kinds, precise and not, that agrees or contradicts itself, and priors."""
    sd = float(24 * np.exp(rng.normal(0, 0.5)))
    k, tests = int(rng.integers(0, 11)), int(rng.integers(0, 4))
    k = max(k, 1 - tests)
    vi = np.exp(rng.normal(3.5, rng.uniform(0.1, 2), k))
    yi = rng.normal(rng.normal(0, 30), np.sqrt(vi + rng.choice([0, 25, 400, 10_000])))
    yi = yi * (50 if rng.random() < 0.1 else 1)
    df = np.full(k, math.inf)
    df[:2] = rng.choice([1, 4, 30], len(df[:2])) if rng.random() < 0.2 else math.inf
    taus = (
        HalfNormal(sd / 2),
        HalfNormal(sd / 4),
        HalfNormal(sd / 12),  # thin: most trials contradict it
        InverseGamma(1.69, 0.42 * sd),
        LogTauSquared(-3.16 + 2 * math.log(sd), 2.5, 5.0),
        LogTauSquared(-1.87, 1.52, math.inf),
    )
    mus = (Normal(0.0, 2 * sd), Normal(0.0, sd / 2), StudentT(5.0, 0.0, 0.43 * sd), None)
    tau, mu = taus[rng.integers(len(taus))], mus[rng.integers(len(mus) if k > 1 else 3)]
    return yi, vi, df, [random_bound(rng) for _ in range(tests)], tau, mu


def random_bound(rng: np.random.Generator) -> Bound:
    vi, df = float(np.exp(rng.normal(4, 1))), float(rng.choice([3, 10, 80]))
    sign = int(rng.choice([-1, 1]))
    kind, p = rng.integers(5), float(rng.choice([1e-9, 0.001, 0.05, 0.8]))
    if kind == 0:
        return Bound.from_p(vi, direction=sign, df=df)
    if kind == 1:
        return Bound.from_p(vi, high=p, direction=sign, df=df)
    if kind == 2:
        return Bound.from_p(vi, high=p, df=df)
    return Bound.from_p(vi, low=0.05, df=df) if kind == 3 else Bound.from_p(vi, low=p, high=p, df=df)


def test_the_posterior_equals_meta_on_random_evidence(page: Page, item: WhatIf) -> None:
    show(page, item)
    rng = np.random.default_rng(11)
    cases = [random_case(rng) for _ in range(120)]
    given = [
        {
            "numbers": [
                {"y": y, "v": v, "df": None if math.isinf(n) else n}
                for y, v, n in zip(yi.tolist(), vi.tolist(), df.tolist(), strict=True)
            ],
            "sets": [intervals_of(bound) for bound in bounds],
            "priors": {"tau": prior_of(tau), "mu": prior_of(mu) if mu else None},
        }
        for yi, vi, df, bounds, tau, mu in cases
    ]
    found = page.evaluate(
        """cases => cases.map(({numbers, sets, priors}) => {
             const one = evidenceBayes.bayes(numbers, sets, priors);
             const [low, high] = one.interval();
             const at = one.median + 3;
             return {median: one.median, low, high, below: one.probability(-10), far: one.probability(-60),
               again: one.newStudy(-10), density: one.density(at), predictive: one.predictiveDensity(at)};
           })""",
        given,
    )
    for (yi, vi, df, bounds, tau, mu), js in zip(cases, found, strict=True):
        py = bayes(yi, vi, bounds=bounds, tau_prior=tau, mu_prior=mu, df=df)
        low, high = py.interval()
        at = np.array([js["median"] + 3])
        expected = {
            "median": py.median,
            "low": low,
            "high": high,
            "below": py.probability(below=-10.0),
            "far": py.probability(below=-60.0),
            "again": py.new_study(below=-10.0),
            "density": float(py.density(at)[0]),
            "predictive": float(py.predictive_density(at)[0]),
        }
        assert js == pytest.approx(expected, rel=1e-6, abs=1e-6), (yi, vi, df, bounds, tau, mu)


def test_shares_of_information_equal_meta(page: Page, item: WhatIf) -> None:
    show(page, item)
    yi, vi = [-27.7, 4.0, -12.0], [49.0, 300.0, 90.0]
    sets = [Bound.from_p(60.0, high=0.01, direction=-1, df=30), Bound.from_p(90.0, low=0.3, high=0.3, df=12)]
    priors = {"tau": prior_of(HalfNormal(12.0)), "mu": prior_of(Normal(0.0, 48.0))}
    for bounds in ([], sets):
        numbers = [{"y": y, "v": v} for y, v in zip(yi, vi, strict=True)]
        asked = [numbers, [intervals_of(bound) for bound in bounds], priors]
        found = page.evaluate("([n, s, p]) => evidenceBayes.bayes(n, s, p).weights()", asked)
        py = bayes(yi, vi, bounds=bounds, tau_prior=HalfNormal(12.0), mu_prior=Normal(0.0, 48.0))
        assert found == pytest.approx(py.weights.tolist(), abs=1e-5)


def test_no_evidence_is_refused_as_in_meta(page: Page, item: WhatIf) -> None:
    show(page, item)
    script = """([sets, mu]) => {
      try { evidenceBayes.bayes([], sets, {tau: {kind: "HalfNormal", scale: 1}, mu}) }
      catch (error) { return error.name }
      return ""
    }"""
    sets = [intervals_of(Bound.from_p(1.0, direction=1))]
    assert page.evaluate(script, [[], prior_of(Normal(0.0, 1.0))]) == "RangeError"
    assert page.evaluate(script, [sets, None]) == "RangeError"
    assert page.evaluate(script, [sets, prior_of(Normal(0.0, 1.0))]) == ""


# --------------------------------------------------------------------------------- settings of reports


def expected_words(analysis: Analysis) -> list[str]:
    """What Python says under some choices; what a reader alone can bring about has sentences of its own."""
    words = headline(analysis)
    if not (analysis.numeric or analysis.bounded):
        words = SENTENCES["none"]
    elif not analysis.numeric and analysis.priors[0].mu is None and any(e.bound for e in analysis.bounded):
        words = SENTENCES["flat"]
    return [words, told(analysis)]


def test_random_settings_of_several_reports_equal_python(page: Page, panels) -> None:
    rng = np.random.default_rng(7)
    show(page, panels[0][1])
    computed = 0
    for report, panel in panels:
        states = [random_state(rng, panel.data) for _ in range(30)]
        for state, js in zip(states, page.evaluate(RUN, [panel.data, states]), strict=True):
            analysis = analysis_under(report, state)
            assert [js["statement"], js["numbers"]] == expected_words(analysis), state
            answer = analysis.posterior
            assert ("found" in js) == (answer is not None)
            if answer is None:
                continue
            computed += 1
            one, (low, high) = answer.primary, answer.interval
            expected = {"median": one.median, "mean": one.mean, "sd": one.sd, "low": low, "high": high}
            expected |= {"relief": answer.relief.value, "important": answer.important.value}
            assert js["found"] == pytest.approx(expected | {"again": answer.again.value}, rel=1e-6, abs=1e-6)
    assert computed >= 100


def test_where_more_is_better_the_page_says_so_too(page: Page, tmp_path) -> None:
    """A book about wellbeing: the probabilities are those of a rise, and so are the words."""
    rng, report = np.random.default_rng(11), Report("ketamine", "neuropathic", ds=mirrored(tmp_path / "data"))
    panel = report.whatifs()
    assert isinstance(panel, WhatIf)
    show(page, panel)
    states = [random_state(rng, panel.data) for _ in range(60)]
    run = """([data, states]) => states.map((given) => {
      const state = {...given, on: new Map(given.on), kinds: new Set(given.kinds)};
      const {statement, numbers, answer} = evidenceWhatIf.answered(data, state);
      return {statement, numbers, found: answer && [answer.relief, answer.important(), answer.again()]};
    })"""
    said = []
    for state, js in zip(states, page.evaluate(run, [panel.data, states]), strict=True):
        analysis = analysis_under(report, state)
        assert [js["statement"], js["numbers"]] == expected_words(analysis), state
        said += [js["statement"], js["numbers"]]
        if (answer := analysis.posterior) is not None:
            for own, found in zip((answer.relief, answer.important, answer.again), js["found"], strict=True):
                assert found == pytest.approx(asdict(own), rel=1e-6, abs=1e-6)
    assert any("raises wellbeing" in each for each in said)
    assert not any("lowers wellbeing at all" in each for each in said)


def test_an_address_brings_its_choices_to_the_page(page: Page, panels) -> None:
    rng = np.random.default_rng(5)
    for report, panel in panels:
        for _ in range(2):
            state = random_state(rng, panel.data)
            show(page, panel, query=query_of(panel.data, state))
            assert answered(page) == expected_words(analysis_under(report, state)), state


def test_every_question_opens_with_the_answer_of_the_report(page: Page, panels) -> None:
    """In every report that the tables can make."""
    show(page, panels[0][1])
    words = panels[0][0].labels
    asked = [(drug, condition) for drug in words.drugs for condition in (None, *words.conditions)]
    made = [(report, report.whatifs()) for report in (Report(*place) for place in asked)]
    opening = [(report, panel) for report, panel in made if isinstance(panel, WhatIf)]
    assert len(opening) > len(panels)
    for report, panel in opening:
        found = page.evaluate(
            """data => data.questions.map((question) => {
                 const state = evidenceWhatIf.defaults(data, question);
                 const {statement, numbers} = evidenceWhatIf.answered(data, state);
                 return [statement, numbers];
               })""",
            panel.data,
        )
        for question, said in zip(panel.data["questions"], found, strict=True):
            analysis = report.analysis(*question["key"].rsplit("-", 1))
            assert said == [headline(analysis), told(analysis)], question["key"]
        assert found[0] == [panel.statement, panel.numbers]


def test_probabilities_go_where_reports_in_doubt_carry_half(page: Page, item: WhatIf, panels) -> None:
    """Ketamine into a vein: the reports in doubt with one trial more."""
    show(page, item)
    refused = 0
    for question in (q for q in item.data["questions"] if q["apart"]):
        kinds = [trial["kind"] for trial in question["trials"]]
        for one in (trial["id"] for trial in question["trials"] if not trial["doubt"]):
            state = {"question": question["key"], "prior": item.data["priors"][0]["name"], "mid": 10}
            state |= {
                "kinds": kinds,
                "on": [[t["id"], t["doubt"] or t["id"] == one] for t in question["trials"]],
            }
            (js,) = page.evaluate(RUN, [item.data, [state]])
            assert [js["statement"], js["numbers"]] == expected_words(analysis_under(panels[0][0], state))
            if SENTENCES["no chances"] in js["numbers"]:
                refused += 1
                assert "at all:" not in js["numbers"] and "probably" not in js["statement"]
    assert refused


# ------------------------------------------------------------------------------------------- the panel


def test_numbers_are_rounded_as_in_python(page: Page, item: WhatIf) -> None:
    from evidence.wording.numbers import number

    show(page, item)
    rng = np.random.default_rng(3)
    values = [*rng.normal(0, 30, 200).tolist(), 0.25, -0.75, 0.35, -0.04, 12345.65, -1234567.25, 0.0]
    assert page.evaluate("v => v.map((x) => evidenceNumbers.number(x))", values) == [
        number(v) for v in values
    ]
    exact = [1234.5678, 123456.5, -0.00004, *(sign * n / 64 for n in range(1, 200) for sign in (1, -1))]
    for digits in range(5):
        found = page.evaluate("([v, d]) => v.map((x) => evidenceNumbers.number(x, d))", [exact, digits])
        assert found == [number(v, digits) for v in exact]


def test_the_panel_opens_as_the_page_was_written(page: Page, item: WhatIf) -> None:
    show(page, item)
    assert answered(page) == [item.statement, item.numbers]
    assert page.locator(".ev-whatif-static").is_hidden()
    assert page.locator(".ev-whatif[data-changed]").count() == 0


def test_without_script_the_page_is_complete(browser: Browser, item: WhatIf) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_content(html(item))
    shown = page.inner_text("main")
    assert item.statement in shown and item.numbers in shown
    assert page.locator("fieldset:visible, select:visible, svg:visible").count() == 0
    context.close()


def test_a_file_without_a_network_answers(browser: Browser, item: WhatIf, tmp_path) -> None:
    (tmp_path / "page.html").write_text(html(item, f"{STATIC.as_uri()}/"), "utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    before = answered(page)
    assert before == [item.statement, item.numbers]
    page.get_by_label("Smallest difference that matters").fill("3")
    page.locator(".ev-whatif-result", has_text="By 3 points").wait_for()
    assert ".mid=3" in page.get_by_role("link", name="Link to these choices").get_attribute("href")
    context.close()


def test_choices_change_the_answer_and_live_in_the_address(page: Page, item: WhatIf) -> None:
    show(page, item, query="?theme=x")
    before = answered(page)
    trial = next(t for t in item.data["questions"][0]["trials"] if t["on"])
    density = page.locator(f"#{item.key}-wide-eye-density")
    drawn = density.get_attribute("d")
    page.get_by_role("checkbox", name=trial["label"]).uncheck()
    page.get_by_label("Smallest difference that matters").fill("5")
    page.get_by_label("Prior").select_option("wide")
    page.wait_for_timeout(50)
    after = answered(page)
    assert after != before and "By 5 points or more" in after[1]
    assert density.get_attribute("d") != drawn
    kept = parse_qs(urlsplit(page.url).query)
    expected = {"out": trial["id"], "mid": "5", "prior": "wide"}
    assert kept == {"theme": ["x"]} | {f"{item.key}.{name}": [value] for name, value in expected.items()}
    link = page.get_by_role("link", name="Link to these choices").get_attribute("href")
    assert urlsplit(link).fragment == item.key
    for address in (page.url, link):
        page.goto("about:blank")
        page.goto(address)
        assert answered(page) == after
        assert not page.get_by_role("checkbox", name=trial["label"]).is_checked()
    page.get_by_role("button", name="As in the report").click()
    page.wait_for_timeout(50)
    assert answered(page) == before
    assert urlsplit(page.url).query == "theme=x"


def test_the_picker_asks_another_question(page: Page, item: WhatIf) -> None:
    show(page, item)
    other = item.data["questions"][1]
    page.get_by_label("Question").select_option(other["key"])
    page.wait_for_timeout(50)
    first = answered(page)[0]
    assert other["when"] in first
    listed = page.locator(".ev-whatif-trials input").evaluate_all("boxes => boxes.map((box) => box.value)")
    assert listed == [trial["id"] for trial in other["trials"]]
    assert parse_qs(urlsplit(page.url).query)[f"{item.key}.question"] == [other["key"]]


def test_kinds_of_evidence_can_be_left_out(page: Page, panels) -> None:
    panel = next(panel for _, panel in panels if len({t["kind"] for t in first_trials(panel)}) > 1)
    show(page, panel)
    for box in page.locator(".ev-whatif-kind:visible input").all():
        box.uncheck()
    page.wait_for_timeout(50)
    answered(page)
    off = page.locator(".ev-whatif-trials input:disabled").evaluate_all("all => all.map((box) => box.value)")
    assert off == [trial["id"] for trial in first_trials(panel) if trial["kind"] != "number"]


def first_trials(panel: WhatIf) -> list[dict[str, Any]]:
    return panel.data["questions"][0]["trials"]


def test_the_keyboard_reaches_and_switches_everything(page: Page, item: WhatIf) -> None:
    show(page, item)
    before = answered(page)
    reached = []
    for _ in range(20):
        page.keyboard.press("Tab")
        active = "document.activeElement"
        reached.append(page.evaluate(f"{active}.labels?.[0]?.innerText ?? {active}.innerText"))
        if page.evaluate(f"{active}.type") == "checkbox" and len(reached) == 2:
            assert page.evaluate(f"getComputedStyle({active}).outlineStyle") == "solid"
            page.keyboard.press("Space")
    wanted = [trial["label"] for trial in first_trials(item)]
    wanted += ["Question", "Prior", "Smallest difference", "Link to these", "As in the report"]
    assert [name for name in wanted if not any(text.startswith(name) for text in reached)] == []
    assert answered(page) != before
    assert page.locator(".ev-whatif-result").get_attribute("aria-live") == "polite"


def test_an_address_with_nonsense_gives_the_report(page: Page, item: WhatIf) -> None:
    odd = [("prior", "__proto__"), ("question", "constructor"), ("mid", "-3"), ("mid", "1e1")]
    odd += [("out", "Nobody"), ("in", "toString"), ("without", "number"), ("tau2", "DL")]
    bad = "&".join(f"{item.key}.{name}={value}" for name, value in odd)
    show(page, item, query=f"?{bad}")
    assert answered(page) == [item.statement, item.numbers]
    assert not page.locator(".ev-whatif[data-changed]").count()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_panel_fits_and_is_accessible(page: Page, item: WhatIf, width: int, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": width, "height": 800})
    show(page, item)
    page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
    page.evaluate("document.body.style.background = 'var(--ev-surface)'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(UNFIT) == []
    svg = page.locator("svg:visible")
    assert svg.count() == 1
    name = "blue"
    shade = getattr(PALETTE[name], theme)
    fill = f"rgb({', '.join(str(int(shade[i : i + 2], 16)) for i in (1, 3, 5))})"
    assert svg.locator("[id$=eye-density]").evaluate("e => getComputedStyle(e).fill") == fill
    found = Axe().run(page, options={"rules": {"page-has-heading-one": {"enabled": False}}})
    assert found.violations_count == 0, found.generate_report()


#: Choices that do not fit into their select, which keeps some 24 px for its arrow.
UNFIT = """() => [...document.querySelectorAll("select")].flatMap((select) => {
  const style = getComputedStyle(select), pen = document.createElement("canvas").getContext("2d");
  pen.font = style.font;
  const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 24;
  const texts = [...select.options].map((option) => option.text);
  return texts.filter((text) => pen.measureText(text).width > room);
})"""

PLACE = """([layout, part]) => {
  const box = document.getElementById(`${layout}-${part}`).getBoundingClientRect();
  return [box.left, (box.left + box.right) / 2, box.right];
}"""


def test_the_drawing_stands_where_its_axis_says(page: Page, item: WhatIf) -> None:
    """Median, interval and band against the places of the axis's own labels."""
    show(page, item)
    layout = f"{item.key}-wide"
    ticks = page.locator(f"[id^={layout}-tick][id$=label]").evaluate_all(
        """all => all.map((each) => {
             const box = each.getBoundingClientRect();
             return [each.textContent, (box.left + box.right) / 2];
           })"""
    )
    values = [float(text.replace("−", "-")) for text, _ in ticks]
    slope, start = np.polyfit(values, [place for _, place in ticks], 1)
    data = item.data
    state = {"question": data["questions"][0]["key"], "prior": data["priors"][0]["name"], "mid": 10}
    state |= {"on": [[t["id"], t["on"]] for t in first_trials(item)]}
    state |= {"kinds": [t["kind"] for t in first_trials(item)]}
    (js,) = page.evaluate(RUN, [data, [state]])
    places = {part: page.evaluate(PLACE, [layout, part]) for part in ("eye", "eye-interval", "eye-band-0")}
    assert places["eye"][1] == pytest.approx(start + slope * js["found"]["median"], abs=1.5)
    assert places["eye-interval"][0] == pytest.approx(start + slope * js["found"]["low"], abs=2.5)
    assert places["eye-interval"][2] == pytest.approx(start + slope * js["found"]["high"], abs=2.5)
    assert places["eye-band-0"][2] == pytest.approx(start + slope * 10, abs=1)


def test_nothing_is_drawn_that_the_report_would_not_draw(page: Page, panels) -> None:
    """Tests alone have no half-eye, however they are worded; a trial alone has none either."""
    panel = next(panel for _, panel in panels if not any(t["kind"] == "number" for t in first_trials(panel)))
    show(page, panel)
    assert page.locator("svg:visible").count() == 0
    numbers = panels[0][1]
    ids = [t["id"] for t in first_trials(numbers) if t["on"]]
    show(page, numbers, "?" + "&".join(f"{numbers.key}.out={trial}" for trial in ids[1:]))
    assert answered(page)[0].startswith("One trial found")
    assert page.locator("svg:visible").count() == 0


def test_untrusted_text_stays_text(page: Page, item: WhatIf) -> None:
    nasty = "</script><script>window.hurt = 1</script><!--\"'&\u202e=1+1{when}"
    data = json.loads(json.dumps(item.data))
    question = data["questions"][0]
    question |= {"title": nasty, "subject": nasty, "outcome": nasty, "when": nasty, "certainty": nasty}
    for trial in question["trials"]:
        trial |= {"label": nasty, "arms": nasty, "said": nasty, "why": nasty}
    assert not re.search("[<>&]", embedded(data))
    assert json.loads(embedded(data)) == data
    show(page, WhatIf(nasty, nasty, data, item.eye, (nasty, nasty), nasty))
    assert page.evaluate("window.hurt") is None
    assert nasty in page.locator("fieldset label b").first.inner_text()
    assert nasty in answered(page)[0]
    with pytest.raises(ValueError, match="JSON compliant"):
        embedded({"mid": math.nan})


def test_the_script_says_nothing_of_its_own() -> None:
    """Every text of the script that a reader may see comes from the page: it holds no sentence."""
    script = re.sub(r"^\s*//.*$", "", (ROOT / "_static" / "whatif.js").read_text("utf-8"), flags=re.MULTILINE)
    texts = re.findall(r'"([^"\n]*)"', script)
    assert len(texts) > 50
    assert [text for text in texts if re.search(r"[a-z]+ [a-z]+ [a-z]+", text)] == []
    phrases = {text for text in texts if re.fullmatch("[a-z]+( [a-z]+)+", text)}
    assert phrases <= SENTENCES.keys() | {"use strict", "probably not"}
