"""What a value that stands in a sentence becomes on its way to the page."""

import pytest

from evidence.publish.run.inline import as_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("[Doe 2026](studies.md#doe2026) & *others*", "[Doe 2026](studies.md#doe2026) & *others*"),
        ("<script>run()</script>", "&lt;script>run()&lt;/script>"),
        ("from $x$ to", r"from \$x\$ to"),
        (1234, "1,234"),
    ],
)
def test_a_text_keeps_its_markdown_and_loses_html_and_formulas(value, text):
    assert as_text(value) == text


@pytest.mark.parametrize("value", [0.1, True, None, [1]])
def test_what_does_not_say_how_it_reads_is_refused(value):
    with pytest.raises(TypeError, match="stands in the prose: format it first"):
        as_text(value)
