"""What the reader of meaning learns from, and what is left out of it."""

from __future__ import annotations

import random
from itertools import islice

from eval.meaning_material import LEFT_OUT, Origin, Worded, parted, worded
from eval.train_meaning import BATCH, MOST, Told, _batch, _endless, copies_of
from knowledge_bases.schema import Language
from retrieval.bert.reader import ReaderFile
from retrieval.lexicon_files import shipped_thesaurus
from retrieval.models import packaged_model
from retrieval.pair_text import Pair, PairText
from retrieval.span_reader import FILE as SPAN_READER

FEE = "3.1 The fee must be paid within 30 days, unless the account is closed. The notice period is 60 days."


def seeded() -> random.Random:
    return random.Random(0)  # noqa: S311 -- nothing secret


def group(size: int, wrong: bool = False) -> list[Told]:
    return [Told(Pair((1,), (0,)), wrong)] * size


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


def test_every_group_is_dealt_once_before_any_is_dealt_again() -> None:
    groups = [group(size) for size in (1, 2, 3)]
    dealt = list(islice(_endless(groups, seeded()), 6))
    assert sorted(map(len, dealt[:3])) == sorted(map(len, dealt[3:])) == [1, 2, 3]


def test_of_a_large_group_some_sentences_are_dealt() -> None:
    assert len(next(_endless([group(MOST + 5)], seeded()))) == MOST


def test_a_batch_is_of_whole_groups_copies_among_them_by_their_share() -> None:
    chance = seeded()
    copies, others = ([group(6, True)], [group(6, False)])
    batch = list(_batch((_endless(copies, chance), _endless(others, chance)), 1.0, chance))
    assert sum(map(len, batch)) == BATCH
    assert all(told.wrong for one in batch for told in one)


def test_near_copies_of_evidence_are_a_group_of_true_and_changed_ones() -> None:
    text = PairText(ReaderFile(packaged_model().path, SPAN_READER).tokenizer(), shipped_thesaurus())
    (found,) = copies_of([FEE, "| Item | Fee | | Card | HK$100 |"], text, seeded())
    assert {told.wrong for told in found} == {True, False}
