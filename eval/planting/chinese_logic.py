"""Chinese errors of condition and of negation (written in Traditional, used for both scripts)."""

from __future__ import annotations

import re

from eval.planting.chinese import NUMERAL
from eval.planting.chinese_values import table
from eval.planting.operators import Condition, Operator, Replacement, Site, always, rule
from guardrails.normalise import fold

_NEGATIVES = re.compile(r"[不未毋無无非没沒]|切勿|請勿|请勿|否")
_FIGURE = rf"(?=(?:為|为)?(?:[HU][KS]\$|RMB|\d|[{NUMERAL}]))"


def _positive(match: re.Match[str], site: Site) -> bool:
    """Tell whether the clause at hand holds no other negative."""
    start = max(site.sentence.rfind(mark, 0, match.start()) for mark in "，；。：") + 1
    ends = [i for i in (site.sentence.find(mark, match.end()) for mark in "，；。：") if i >= 0]
    return not _NEGATIVES.search(site.sentence[start : min(ends, default=None)])


def _main(match: re.Match[str], site: Site) -> bool:
    """Keep a change out of a leading condition and out of brackets, where it need not turn the statement round."""
    start = max(site.sentence.rfind(mark, 0, match.start()) for mark in "，；：") + 1
    clause = fold(site.sentence[start : match.start()])
    before, after = site.sentence[: match.start()], site.sentence[match.end() :]
    opened = before.count("（") > before.count("）")
    follows = re.split(r"[，；。]", after)[0]
    return (
        not opened
        and not re.match(r"(?:如|若|倘|当|只有|除非|除|即使|凡|例如|包括|对于|因)", clause)
        and not re.search(r"[的者]|時$|时$|後$|后$|前$", follows)
    )


def asserted(match: re.Match[str], site: Site) -> bool:
    """Ask for a main clause without another negative."""
    return _positive(match, site) and _main(match, site)


def _dropped_lead(match: re.Match[str], site: Site) -> str | None:
    """Leave a leading condition out where the rest can be read alone."""
    main = match["main"]
    alone = (
        len(main) >= 7
        and re.search(r"[會会可須须將将為为應应能獲获按須不]", main)
        and not re.match(r"[則则亦也並并請请該该其方才就否此仍切或表而按]|有關|有关|不論|不论", main)
    )
    return main if alone and not re.search(r"該|该|其他情|否則|否则|才|方可", main) else None


def _unless(match: re.Match[str], site: Site) -> str | None:
    """Turn 'if X, Y' into 'unless X, Y': the rule is said to hold in the opposite case."""
    if re.search(r"[，；]", match["cond"]) and match["end"] != "。":
        return None
    return (
        f"除非{match['cond']}，否則{match['main']}"
        if not re.match(r"[則则亦也並并就仍請请而及且或表]|否", match["main"])
        else None
    )


def _even_without(match: re.Match[str], site: Site) -> str:
    """Drop 'only if': what needed a condition is said to need none."""
    then = {
        "方可": "可",
        "才可": "可",
        "才会": "会",
        "才會": "會",
        "方会": "会",
        "方會": "會",
        "才能": "能",
        "方能": "能",
        "才": "",
        "方": "",
    }
    return f"{match['who']}{then[match['then']]}"


def _excepted(match: re.Match[str], site: Site) -> str:
    return f"{match['what']}亦不例外"


def _condition(name: str, pattern: str, new: Replacement, when: Condition = always) -> Operator:
    return rule(name, "condition", "zh", pattern, new, when)


_BOUNDS = {
    "至少": ("最多", "不多於"),
    "最少": ("最多", "不多於"),
    "不少於": ("不多於", "少於"),
    "不低於": ("不高於", "低於"),
    "最多": ("最少", "至少", "不少於"),
    "最高": ("最低",),
    "最低": ("最高",),
    "不超過": ("不少於", "超過"),
    "不多於": ("不少於",),
    "不得超過": ("不得少於", "可超過"),
    "不高於": ("不低於",),
    "超過": ("少於", "不超過"),
    "高於": ("低於",),
    "低於": ("高於",),
    "少於": ("多於", "不少於"),
    "多於": ("少於", "不多於"),
    "或以上": ("或以下",),
    "或以下": ("或以上",),
    "以上": ("以下",),
    "以下": ("以上",),
    "最遲": ("最早",),
    "最早": ("最遲",),
    "不遲於": ("不早於",),
    "最長": ("最短",),
    "最短": ("最長",),
    "未滿": ("已滿",),
    "年滿": ("未滿",),
    "較後": ("較早",),
    "較早": ("較後",),
    "較高": ("較低",),
    "較低": ("較高",),
    "大於": ("小於",),
    "小於": ("大於",),
    "不足": ("超過",),
    "之前": ("之後",),
    "之後": ("之前",),
    "以前": ("以後",),
    "以後": ("以前",),
    "或之前": ("或之後",),
    "或之後": ("或之前",),
    "或以前": ("或以後",),
    "或以後": ("或以前",),
    "事先": ("事後",),
    "預先": ("事後",),
    "滿": ("不足",),
}
_KEPT_BEFORE = r"(?<![不不未無])"


def chinese_conditions() -> list[Operator]:
    """Give the operators on conditions."""
    bounds = table(_BOUNDS)
    long = "不得超過|不少於|不低於|不超過|不多於|不高於|不遲於|至少|最少|最多|最遲|最早"
    return [
        _condition(
            "drop-lead-if",
            r"^(?:如果|如|倘若|倘|若|當|凡)(?!下|何|上|同|今|期|實|意|此|有需|干|非)(?P<cond>[^，；]{2,40})，(?P<main>[^；]+)$",
            _dropped_lead,
        ),
        _condition(
            "if-to-unless",
            r"(?:^|(?<=；))(?:如果|如|倘若|倘|若)(?!下|何|上|同|今|期|實|意|此|干|非)(?P<cond>[^，；。]{2,40})，(?P<main>[^；。]+)(?P<end>。)",
            lambda m, s: (r + "。") if (r := _unless(m, s)) else None,
        ),
        _condition("unless-to-if", r"除非(?P<c>[^，。；]+)，否則", r"如果\g<c>，則"),
        _condition("unless-lead", r"^除非(?P<c>[^，。；]+)，(?!否)", r"如果\g<c>，"),
        _condition("unless-tail", r"，除非[^。；]+(?=。)", ""),
        _condition(
            "only-if",
            r"只有(?!在?於)[^。；，]{2,60}，(?P<who>[^。；，]{0,24}?)(?P<then>方可|才可|才會|方會|才能|方能|方|才)",
            _even_without,
        ),
        _condition(
            "then-only",
            r"(?<=[後前時，])(?:方可|才可|才會|方會|方才)",
            table({"方可": ("毋須等候即可",), "才可": ("毋須等候即可",), "才會": ("不會",), "方會": ("不會",)}),
            lambda m, s: m.group()[-1] in "會会",
        ),
        _condition(
            "except-too",
            r"(?P<lead>，|；|，惟|，但|（)(?P<what>[^，。；（）]{2,40}?)(?:則)?除外",
            lambda m, s: f"{m['lead'][:1] if m['lead'] == '（' else '，'}{m['what']}亦不例外",
        ),
        _condition(
            "except-lead",
            r"^除(?P<what>[^，。；]{2,30}?)(?:外|以外|之外)，(?P<main>[^。]+)$",
            lambda m, s: f"包括{m['what']}在內，{m['main']}",
            lambda m, s: not re.search(r"[亦還还也]|除了", s.sentence),
        ),
        _condition("except-drop", r"[，；]?[惟但]?(?:[^，。；（）]{2,40})除外(?=。)", "", _whole_exception),
        _condition("limited-to", r"只限(?!制)|僅限(?!制)", "不限"),
        _condition(
            "only-not", r"(?<=[\u4e00-\u9fff，])只(?=[以由在會適可按向限須處供收投接])(?!有|要|限)", "不只", _only
        ),
        _condition("bound", rf"{_KEPT_BEFORE}(?:{long}){_FIGURE}", bounds, _no_neg),
        _condition(
            "bound-plain",
            rf"{_KEPT_BEFORE}(?<!不得)(?:超過|高於|低於|少於|多於|最高|最低|最長|最短|大於|小於|不足){_FIGURE}",
            bounds,
            _no_neg,
        ),
        _condition(
            "bound-range",
            r"(?<=[歲元%日年月次\d人名個天級倍里米尺度])(?:或以上|或以下|以上|以下)(?=[，。的；（）客成員者]|"
            r"[\u4e00-\u9fff])",
            bounds,
        ),
        _condition(
            "bound-phrase",
            rf"{_KEPT_BEFORE}(?:不得超過|不超過|超過|高於|低於|不少於|不低於)(?![{NUMERAL}\d])",
            bounds,
            _no_neg,
        ),
        _condition("age", r"年滿|未滿(?=\d)|(?<=[已須])滿(?=\d)", bounds),
        _condition("later-earlier", r"較後(?=者|日)|較早(?=者|日)|較高(?=者)|較低(?=者)", bounds),
        _condition(
            "on-or",
            r"或之前|或之後|或以前|或以後|(?<=[日年月])之前(?=[，的])|(?<=[日年月])之後|(?<=[日年月])以前|"
            r"(?<=[日年月])以後",
            bounds,
        ),
        _condition("before-day", r"(?<=[\d]時|[\d]日|[\d]年|[\d]月|交易日)前(?![述往年])", "後"),
        _condition(
            "after-day",
            r"(?<=[\d]時|[\d]日|[\d]年|[\d]月|交易日|結束|完成|終止)後(?![續者來])",
            "前",
            lambda m, s: not re.match(r"\d|[個" + NUMERAL + "]", s.sentence[m.end() :]),
        ),
        _condition(
            "after-event",
            r"(?<=收到|完成|收齊|發生|出院|身故|到期|屆滿|確認|提出|評估|生效|簽發|交付|批准|"
            r"取得|諮詢|核實|登記|綁定)後(?![者續])",
            "前",
        ),
        _condition(
            "before-event",
            r"(?<=生效|投資|入院|到期|確認|出發|付款|申請|交易|使用|投保|作出|提取|更改|屆滿)前(?![者述往])",
            "後",
        ),
        _condition("prior", r"事先|預先(?=[取通書得以])", bounds),
        _condition("need-not", r"(?<![毋無必不仍亦均也])(?:必須|須)(?!知|要)", "毋須", asserted),
        _condition(
            "should-need-not", r"(?<![不相適反對供響答回])應(?=[向在於當該以先按盡即自])(?!用|付|付)", "毋須", asserted
        ),
        _condition(
            "within-after",
            r"(?<=[日天月年時])內(?=[，以向提存回發支通完報作書全確])",
            lambda m, s: "後" if s.sentence[m.end()] == "，" else "後才",
            lambda m, s: (
                re.search(rf"[\d{NUMERAL}]個?(?:曆|工作|營業)?[日天月年小]?[日天月年時时]$", s.sentence[: m.start()])
                is not None
            ),
        ),
        _condition(
            "without-consent",
            r"(?<!不)(?:經|獲|得到|取得)(?=[^，。]{0,10}(?:同意|批准|許可))(?<!未經)(?<!須經)",
            "未經",
            lambda m, s: (
                not re.search(r"[未須须需事先]$|如$|若$", s.sentence[: m.start()])
                and not re.search(r"不|如|若", s.sentence[: m.start()][-8:])
            ),
        ),
        _condition("and-or", r"兩者(?:均|皆|都)", "兩者任何一項"),
        _condition("minimum", r"最少(?!\d)|至少(?=一|有)|(?<=的)(?:最高|最低)(?=[限金額投])", bounds),
        _condition("until", r"(?<=[\u4e00-\u9fff])直至(?=[\u4e00-\u9fff\d])", "並自此"),
        _condition("whole", r"全數(?=退|支|獲|投|賠)|全額", table({"全數": ("部分",), "全額": ("部分",)})),
        _condition("all-any", r"(?:所有|全體)(?=持有人|董事|股東|成員)", "任何一名"),
        _condition("each-any", r"(?<=[，者項])(?:均|皆)(?=[須可為會不受設適以由獲])", "只有部分", lambda m, s: True),
        _condition(
            "or-and",
            r"(?<=合)符合以下任何|任何一項(?=條件)",
            table({"符合以下任何": ("符合以下所有",), "任何一項": ("所有",)}),
        ),
    ]


def _whole_exception(match: re.Match[str], site: Site) -> bool:
    """Drop an exception only where it is all of its clause, so that no half of one is left behind."""
    last = re.split(r"[，；]", site.sentence[: match.start()])[-1]
    return match.start() > 8 and not re.match(r"惟|但", last)


def _only(match: re.Match[str], site: Site) -> bool:
    if "不" in re.split(r"[，；]", site.sentence[: match.start()])[-1]:
        return False
    return not re.search(r"[不並并一两兩三每各這这那幾几數数]$|\d$|一$", site.sentence[: match.start()])


def _no_neg(match: re.Match[str], site: Site) -> bool:
    before = site.sentence[: match.start()]
    return not re.search(r"[不未無无得]$|[並并]不$|不[應应]$|(?:可能|或會|或会).{0,4}$", before)
