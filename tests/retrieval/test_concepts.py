from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retrieval import lexicon_files
from retrieval.concepts import NESTED_WEIGHT, Concept, Thesaurus
from retrieval.errors import LexiconInvalid
from retrieval.lexicon_files import shipped_thesaurus
from retrieval.tokens import normalise

WITHDRAW, DEPOSIT, LINKED = range(3)
SMALL = Thesaurus(
    [
        Concept(("withdraw", "take out money", "提取", "攞錢")),
        Concept(("deposit", "存款"), trade=True),
        Concept(("currency-linked deposit", "外幣掛鈎存款"), trade=True),
    ]
)


@pytest.mark.parametrize("text", ["I withdraw it", "can I take out my money", "幾時可以提取", "几时可以攞钱"])
def test_one_concept_has_many_names(text: str) -> None:
    assert SMALL.named(text) == {WITHDRAW}


@pytest.mark.parametrize("text", ["the currency linked deposits", "外幣掛鈎存款", "外币挂鈎存款"])
def test_a_longer_name_counts_more_than_what_stands_inside_it(text: str) -> None:
    assert SMALL.weigh(text) == {LINKED: 1.0, DEPOSIT: NESTED_WEIGHT}


def test_a_concept_named_inside_and_on_its_own_counts_in_full() -> None:
    assert SMALL.weigh("a currency-linked deposit is no deposit")[DEPOSIT] == 1.0


def test_only_a_trades_words_are_trade() -> None:
    assert [SMALL.is_trade(concept) for concept in (WITHDRAW, DEPOSIT, LINKED)] == [False, True, True]


def test_a_gloss_names_concepts_in_english_and_keeps_figures_and_latin_words() -> None:
    assert SMALL.gloss("TVC 攞錢要 $500 咩？存款呢") == "tvc withdraw $500 deposit"
    assert SMALL.gloss("天氣好嗎") == ""


def test_familiarity_is_the_share_that_names_a_trades_concepts() -> None:
    assert SMALL.familiarity("存款") == 1.0
    assert SMALL.familiarity("天氣存款") == 0.5
    assert SMALL.familiarity("攞錢") == SMALL.familiarity("") == 0.0


def test_one_chinese_character_is_no_name() -> None:
    assert Thesaurus([Concept(("guarantee", "保"))]).named("保險") == frozenset()


@pytest.mark.parametrize(
    ("text", "named"), [("收唔收費", False), ("收不收费？", False), ("係唔收費", True), ("唔收費", True)]
)
def test_what_asks_by_saying_a_word_twice_around_a_not_denies_nothing(text: str, named: bool) -> None:
    assert bool(Thesaurus([Concept(("free of charge", "唔收費", "不收费"))]).named(text)) is named


def test_another_list_is_another_version() -> None:
    assert Thesaurus([Concept(("fee",))]).version != Thesaurus([Concept(("fees",))]).version


@given(st.text(max_size=60))
@example("戶口")
@example("開戶口")
def test_mentions_lie_in_the_text_and_name_something(text: str) -> None:
    normal = normalise(text)
    for mention in shipped_thesaurus().mentions(text):
        assert 0 <= mention.start < mention.end <= len(normal)
        assert mention.concepts


@given(st.text(max_size=60))
def test_no_outermost_mention_lies_inside_another(text: str) -> None:
    outer = shipped_thesaurus().outermost(text)
    assert not any(one.inside(other) for one in outer for other in outer)


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("攞提款卡去日本撳錢", "cash withdrawal by ATM card in Japan"),
        ("屋企俾人爆格", "burglary at home"),
        ("我份工俾人炒咗", "dismissal by the employer"),
        ("海外紧急支援热线讲普通话吗", "24-hour emergency assistance in Mandarin"),
        ("can my helper claim for her broken arm", "家傭骨折的索償"),
        ("can I pull out early", "提早提取"),
    ],
)
def test_the_shipped_thesaurus_joins_everyday_words_to_those_of_documents(question: str, document: str) -> None:
    assert shipped_thesaurus().named(question) & shipped_thesaurus().named(document)


@pytest.mark.parametrize("line", ["annual fee\n", "annual fee\t\n", "annual fee /  / x\t年費\n"])
def test_a_broken_line_is_named_with_its_file(
    line: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("lists")
    (folder / "banking.tsv").write_text("fee\t費用\n" + line, encoding="utf-8")
    monkeypatch.setattr(lexicon_files, "files", lambda package: folder)
    with pytest.raises(LexiconInvalid, match=r"banking\.tsv, line 2: wanted English forms, one tab"):
        list(lexicon_files._concepts("banking.tsv"))
