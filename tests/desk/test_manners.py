"""How the commands speak: in counts where a list would fill the screen."""

from types import SimpleNamespace

from evidence.publish.run import records
from evidence.publish.run.records import Running, reasons


def test_a_reason_names_the_number_of_many_studies(monkeypatch):
    ids = [f"Study{number}" for number in range(80)]
    query = {"table": "arm_results", "where": {"study_id": ids, "outcome": ["a", "b"]}, "digest": "old"}
    before = SimpleNamespace(
        environment="e", library="l", source="s", execution=SimpleNamespace(queries=[query])
    )
    monkeypatch.setattr(records, "source_digest", lambda _: "s")
    said = reasons(None, before, Running("l", "e"), lambda table, where: "new")
    assert said == ["arm_results study_id=Study0 and 79 others and outcome=['a', 'b'] changed"]
