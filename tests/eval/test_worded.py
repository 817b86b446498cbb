"""What the weights of verification are learned from, and what is left out of it."""

from __future__ import annotations

from eval.worded import LEFT_OUT, Origin, Worded, parted, worded
from knowledge_bases.schema import Language


def test_no_author_who_is_left_out_is_learned_from_nor_evidence_that_one_wrote_about() -> None:
    to_learn, left_out = parted(worded())
    assert {one.author for one in left_out if one.origin is Origin.OTHERS} == LEFT_OUT
    assert not {one.evidence for one in to_learn} & {one.evidence for one in left_out}
    assert {one.language for one in left_out} == set(Language)


def test_there_are_true_and_wrong_sentences_of_every_set() -> None:
    assert {(one.origin, one.wrong) for one in worded()} == {(o, w) for o in Origin for w in (True, False)}


def test_the_same_evidence_by_two_authors_is_on_the_side_of_the_one_left_out() -> None:
    told = [Worded(Origin.OTHERS, Language.EN, author, "evidence", "sentence", "true") for author in (1, min(LEFT_OUT))]
    to_learn, left_out = parted(told)
    assert (to_learn, [one.author for one in left_out]) == ([], [min(LEFT_OUT)])
