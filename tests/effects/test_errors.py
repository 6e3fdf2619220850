"""An error on the way to an effect tells an editor where to look."""

from importlib import import_module

import pytest

from evidence import dataset, effects, question


def test_an_error_names_the_question_and_the_rows(monkeypatch):
    def broken(result, setting):
        raise ZeroDivisionError("a route failed")

    monkeypatch.setattr(import_module("evidence.effects.effects"), "MAIN_ROUTES", (broken,))
    ds = dataset.load()
    selection = question.select(question.Question("ketamine", "crps", window="immediate"), ds)
    with pytest.raises(ZeroDivisionError) as caught:
        effects.effects(selection, ds)
    (note,) = caught.value.__notes__
    assert "drug='ketamine', condition='crps'" in note
    assert "arm_results · Sigtermans2009 · S-ketamine · pain_intensity · NRS · end of week 1" in note
