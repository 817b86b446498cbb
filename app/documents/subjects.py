"""Whether two statements are about the same thing, as far as the names around them tell.

The same words with another figure are no disagreement where the one is said of gold cards and the other of platinum
cards, of 2025 and of 2026, of persons and of companies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from app.documents.figures import PROSE, Statement, content_words
from app.documents.lines import LineKind
from knowledge_bases.schema import VersionInfo
from retrieval.folding import fold

# Names that exclude each other, in lower case and simplified characters; of each line one can hold, not two.
_RIVALS: tuple[dict[str, str], ...] = (
    {
        "gold": r"\bgold\b|(?<![白铂])金[卡咭]",
        "platinum": r"\bplatinum\b|[白铂]金",
        "silver": r"\bsilver\b|银[卡咭]",
        "titanium": r"\btitanium\b|钛金",
        "classic": r"\bclassic\b|普通[卡咭]|经典",
        "diamond": r"\bdiamond\b|钻石",
    },
    {
        "person": r"\bpersonal\b|\bindividuals?\b|\bretail\b|个人|私人",
        "company": r"\bbusiness(?! days?)\b|\bcommercial\b|\bcorporate\b|\bcompan(?:y|ies)\b|\bsmes?\b"
        "|商业|商务|企业|公司|工商",
    },
    {"minimum": r"\bminimum\b|\bat least\b|最低|最少|不少于", "maximum": r"\bmaximum\b|\bat most\b|最高|最多|不超过"},
    {"principal": r"\bprincipal\b|主[卡咭]", "supplementary": r"\bsupplementary\b|附属[卡咭]?"},
    {
        "online": r"\bonline\b|\binternet\b|\bmobile\b|网上|流动",
        "branch": r"\bbranch(?:es)?\b|\bcounters?\b|分行|柜台|柜位",
    },
    {"local": r"\blocal\b|本地|本港", "overseas": r"\boverseas\b|\babroad\b|海外|境外"},
    {"new": r"\bnew customers?\b|新客户", "existing": r"\bexisting customers?\b|现有客户"},
    {"student": r"\bstudents?\b|学生", "senior": r"\bseniors?\b|长者", "child": r"\bchild(?:ren)?\b|儿童|子女"},
    {
        "hkd": r"\bhkd\b|hk\$|hong kong dollars?|港元|港币",
        "usd": r"\busd\b|us\$|us dollars?|美元",
        "cny": r"\brmb\b|\bcn[yh]\b|人民币",
        "eur": r"\beur\b|欧元",
        "gbp": r"\bgbp\b|sterling|英镑",
    },
)
_COMPILED = tuple({name: re.compile(said) for name, said in group.items()} for group in _RIVALS)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# What a title or heading says of the document rather than of its subject.
_KINDS_OF_PAPER = frozenset(
    "bank notice fee charge rate tariff schedule guide leaflet brochure term condition key fact statement faq question "  # noqa: SIM905
    "answer about information change update general summary list table our price annual current service detail "
    "section part appendix annex note important new circular document product highlight overview revision revised "
    "effective customer client cardholder holder member latest review all other basic main "
    "january february march april may june july august september october november december".split()
)
_CHINESE_KINDS = re.compile(
    "银行|通告|通知|公告|收费|费用|年费|利率|价目|一览|资料|概要|概览|指南|单张|小册子|条款|细则|及|章则|常见问题|问题|说明"
    "|简介|摘要|更新|更改|修订|调整|服务|一般|重要|附录|附表|第.{1,3}[章节部]|表|文件|产品|生效|最新|客户|持卡人|致|由|起|年|月|日"
)


@dataclass(frozen=True)
class Standing:
    """A statement and the names it stands under: the title of its document, its headings and its table's caption.

    So do the other words of its list item, or where it is compared within its document of its paragraph, name it.
    """

    info: VersionInfo
    statement: Statement
    within: bool = False

    @cached_property
    def around(self) -> str:
        line = self.statement.line
        is_named_beside = line.kind is LineKind.LIST_ITEM or (self.within and line.kind in PROSE)
        return " / ".join([*(line.headings or (line.heading,)), line.caption, line.text if is_named_beside else ""])

    @cached_property
    def names(self) -> tuple[frozenset[str], ...]:
        """Which of each group of rivals are named around it and in it."""
        text = fold(f"{self.info.title} / {self.around} / {self._said}").lower()
        return tuple(frozenset(name for name, said in group.items() if said.search(text)) for group in _COMPILED)

    @cached_property
    def years(self) -> frozenset[str]:
        """The years that it says its figures are of."""
        line, statement = self.statement.line, self.statement
        is_cell = line.kind is LineKind.ROW
        return _years(f"{line.cells[0]} {statement.column} {statement.text}" if is_cell else statement.text)

    @cached_property
    def years_above(self) -> frozenset[str]:
        """The years that stand above it; a title's year is that of the paper."""
        return _years(self.around)

    @property
    def _said(self) -> str:
        line = self.statement.line
        return f"{line.cells[0]} {self.statement.column}" if line.kind is LineKind.ROW else line.text


def _years(text: str) -> frozenset[str]:
    return frozenset(_YEAR.findall(text))


def same_subject(one: Standing, other: Standing) -> bool:
    """Whether nothing around two statements of the same words says that they are of different things."""
    for mine, theirs in zip(one.names, other.names, strict=True):
        if mine and theirs and mine.isdisjoint(theirs):
            return False
    if (one.years or other.years) and one.years.isdisjoint(other.years):
        return False
    if one.years_above and other.years_above and one.years_above.isdisjoint(other.years_above):
        return False
    return not any(_each_has_its_own(*each) for each in zip(_named(one), _named(other), strict=True))


def _named(standing: Standing) -> tuple[frozenset[str], frozenset[str]]:
    """The words that name a statement and are not its own: those of its headings, and those of the title with them."""
    own, plain = content_words(standing.statement.text), _CHINESE_KINDS.sub(" ", fold(standing.around))
    title = _CHINESE_KINDS.sub(" ", fold(standing.info.title))
    around = frozenset(content_words(plain)) - _KINDS_OF_PAPER - frozenset(own)
    return around, around | (frozenset(content_words(title)) - _KINDS_OF_PAPER - frozenset(own))


def _each_has_its_own(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether either side is named by words that the other lacks: a notice of cards may be of gold ones, but what is
    of gold cards is not of jade ones.
    """
    return bool(mine - theirs) and bool(theirs - mine)
