"""Chinese errors of units: currencies, lengths of time, rates, measures (written in Traditional)."""

from __future__ import annotations

import re

from eval.planting.chinese import NUMERAL
from eval.planting.chinese_values import UNITS, table, unused
from eval.planting.figures import AMOUNT
from eval.planting.operators import Condition, Operator, Replacement, Site, free, rule
from guardrails.normalise import fold


def _time_unit(match: re.Match[str], site: Site) -> str | None:
    """Put another unit of time after the same figure."""
    days = ("個月", "個星期", "小時")
    near = {
        "日": days,
        "天": days,
        "個月": ("日", "年", "個星期"),
        "年": ("個月", "個星期"),
        "小時": ("日", "分鐘"),
        "分鐘": ("小時", "秒"),
        "秒": ("分鐘",),
        "個星期": ("日", "個月"),
        "星期": ("個月",),
        "週": ("個月",),
        "個工作天": ("個星期", "個月"),
        "個曆月": ("個曆年", "個星期"),
        "個營業日": ("個星期", "個月"),
        "個交易日": ("個星期",),
        "個工作日": ("個月", "個星期"),
        "個曆日": ("個月", "個星期"),
        "年度": ("個月",),
    }
    found = {**near, **{fold(k): v for k, v in near.items()}}.get(match["u"])
    options = [
        u for u in found or () if match["n"] + u not in site.evidence and match["n"] + fold(u) not in site.evidence
    ]
    return match["n"] + site.rng.choice(options) if options else None


_CURRENCIES = {
    "HK$": ("US$", "RMB", "£"),
    "US$": ("HK$", "RMB", "€"),
    "RMB": ("HK$", "US$"),
    "港元": ("美元", "人民幣", "日圓"),
    "美元": ("港元", "歐元", "人民幣"),
    "港幣": ("美元", "人民幣"),
    "人民幣": ("港元", "美元"),
    "元": ("美元", "港元"),
    "歐元": ("美元",),
    "英鎊": ("歐元",),
    "美金": ("歐元",),
    "日圓": ("美元",),
}


_PERIODS = {
    "每月": ("每年", "每星期", "每日"),
    "每年": ("每月", "每季"),
    "每日": ("每月", "每星期"),
    "每天": ("每月", "每星期"),
    "每季": ("每月", "每年"),
    "每曆年": ("每曆月", "每季"),
    "每個曆年": ("每個曆月",),
    "每保單年度": ("每月",),
    "每個保單年度": ("每個月",),
    "按月": ("按年", "按日"),
    "按年": ("按月",),
    "按日": ("按月", "按年"),
    "年利率": ("月利率",),
    "每週": ("每月",),
    "每星期": ("每月",),
    "全年": ("每月", "半年"),
    "每半年": ("每月", "每年"),
    "每六個月": ("每六年",),
    "每課稅年度": ("每月",),
    "周年": ("每月",),
    "月費": ("年費",),
    "年費": ("月費",),
}


_MEASURES = {
    "公里": ("公尺", "英里"),
    "平方公里": ("公頃", "平方公尺"),
    "公尺": ("公里", "英尺"),
    "米": ("公里", "英尺"),
    "公頃": ("平方公里",),
    "公斤": ("公噸", "磅"),
    "噸": ("公斤",),
    "千米": ("米",),
    "克": ("公斤",),
    "英里": ("公里",),
    "釐米": ("米",),
    "平方米": ("平方公里", "畝"),
    "攝氏": ("華氏",),
    "℃": ("℉",),
    "畝": ("平方公里",),
}


_PER = {
    "每筆": ("每日", "每月"),
    "每次": ("每日", "每年"),
    "每宗": ("每日", "每月"),
    "每項": ("每月",),
    "每張": ("每月",),
    "每份": ("每頁", "每年"),
    "每名": ("每戶",),
    "每頁": ("每份",),
    "每個戶口": ("每筆交易",),
}


def _currency(match: re.Match[str], site: Site) -> str | None:
    """Put another currency, not one in which the evidence gives the same figure."""
    words = {**_CURRENCIES, **{fold(k): v for k, v in _CURRENCIES.items()}}
    figure = re.match(r"[\d,.]+", site.sentence[match.end() :])
    before = re.search(r"[\d,.]+[萬億万亿]?$", site.sentence[: match.start()])
    left = [
        c
        for c in words[match.group()]
        if not (figure and c + figure.group() in site.evidence) and not (before and before.group() + c in site.evidence)
    ]
    return site.rng.choice(left) if left else None


def _flat(match: re.Match[str], site: Site) -> str | None:
    """Turn a percentage into a flat amount."""
    return f"HK${match['n']}" if float(match["n"].replace(",", "")) < 100 else None


def _other_period(match: re.Match[str], site: Site) -> str | None:
    if re.match(r"平息|結單|结单|計劃|计划|只", site.sentence[match.end() :]):
        return None
    new = table(_PERIODS)(match, site)
    return None if new is None or new in site.evidence or fold(new) in site.evidence else new


def _is_span(match: re.Match[str], site: Site) -> bool:
    """Tell a length of time from a day of the month, a year or an ordinal."""
    before = site.sentence[: match.start()]
    a_year = match["n"].isdigit() and len(match["n"]) >= 3 and match["u"] == "年"
    return (
        site.free(match) and not a_year and not re.search(rf"[月年第日{NUMERAL}零〇\d代]$|星期$|[公西]元前?$", before)
    )


def chinese_units() -> list[Operator]:
    """Give the operators on units."""

    def unit(name: str, pattern: str, new: Replacement, when: Condition = free) -> Operator:
        return rule(name, "unit", "zh", pattern, new, when)

    return [
        unit(
            "currency",
            r"HK\$(?=\d)|US\$(?=\d)|RMB(?=\d)|港元|美元|港幣(?=\d)|人民幣(?=\d|[^。]{0,3}計)|歐元|英鎊|美金|日圓",
            _currency,
            lambda m, s: s.free(m),
        ),
        unit(
            "yuan",
            r"(?<=[\d萬億千百])元(?!素|月|件|旦|老)",
            _currency,
            lambda m, s: not re.search(r"[民港]幣|[民港]币", s.sentence[: m.start()][-16:]),
        ),
        unit(
            "time-unit",
            rf"(?<![\d.月年])(?P<n>\d+|[兩三四五六七八九十]+)(?P<u>{UNITS})(?![起月\d代份初底末間時曆])",
            _time_unit,
            _is_span,
        ),
        unit(
            "kind-of-day",
            r"(?<=個)(?:工作天|工作日|營業日|曆日|交易日)",
            lambda m, s: unused(
                s, ["曆日"] if "曆" not in m.group() and "历" not in m.group() else ["工作天", "營業日"]
            ),
        ),
        unit(
            "plain-days",
            r"(?P<n>(?<![\d月年])\d+|[三五七十]+)[日天](?=之?內|以內)",
            lambda m, s: unused(s, [f"{m['n']}個工作天", f"{m['n']}個營業日"]),
        ),
        unit("period", "|".join(sorted(_PERIODS, key=len, reverse=True)), _other_period),
        unit(
            "per",
            "|".join(sorted(_PER, key=len, reverse=True)) + "(?=[^一])",
            table(_PER),
            lambda m, s: re.search(r"[\d費]", s.sentence) is not None,
        ),
        unit("flat", rf"(?<![\d.至–\-])(?P<n>{AMOUNT})%(?![至–\-])", _flat),
        unit(
            "scale",
            r"(?<=\d)(?:百萬|[萬億])(?![科能事])",
            table({"萬": ("億",), "億": ("萬", "百萬"), "百萬": ("億", "萬")}),
        ),
        unit(
            "measure",
            r"(?<=[\d萬餘多個])(?:" + "|".join(sorted(_MEASURES, key=len, reverse=True)) + r")(?!深|長|克|飯|蘭|勒)",
            table(_MEASURES),
        ),
    ]
