"""Ways to say a Chinese sentence otherwise without changing what it states (written in Traditional)."""

from __future__ import annotations

import re

from eval.planting.chinese import NUMERAL, numeral, numeral_value, spelled
from eval.planting.chinese_values import table
from eval.planting.figures import AMOUNT
from eval.planting.operators import Condition, Operator, Replacement, Site, always, free, rule
from eval.planting.synonyms import CHINESE_SAME

_UNITS = (
    r"個?(?:工作天|工作日|營業日|交易日|曆日|曆月|月內|月(?=[內後前])|星期|小時|分鐘)|[日天年](?=[內後前])|次(?=[，。])"
)


def _money(match: re.Match[str], site: Site) -> str:
    """Write an amount with its currency in another usual way."""
    figure = match["n"]
    names = {
        "HK$": ["{}港元", "港幣{}元", "HKD {}", "HK${}"],
        "US$": ["{}美元", "USD {}", "US$ {}"],
        "RMB": ["人民幣{}元", "{}元人民幣", "RMB {}"],
    }[match["cur"]]
    if site.rng.random() < 0.3 and figure.count(",") == 1:
        return f"{match['cur']}{figure.replace(',', '')}"
    return site.rng.choice(names).format(figure)


def _in_ten_thousands(match: re.Match[str], site: Site) -> str | None:
    """Write a round figure of ten thousands with 萬."""
    value = int(match["n"].replace(",", ""))
    return f"{value // 10000}萬" if value % 10000 == 0 and 10000 <= value < 100_000_000 else None


def _out_of_ten_thousands(match: re.Match[str], site: Site) -> str:
    return f"{int(match['n']) * 10000:,}"


def _date(match: re.Match[str], site: Site) -> str:
    """Write a date in another usual way: in characters, with strokes or in full width."""
    year, month, day = match["y"], int(match["m"]), int(match["d"])
    wide = match.group().translate({ord("0") + i: chr(ord("０") + i) for i in range(10)})
    return site.rng.choice(
        [
            f"{spelled(year)}年{numeral(month)}月{numeral(day)}日",
            f"{year}-{month:02d}-{day:02d}",
            f"{year}年{month:02d}月{day:02d}日",
            f"{year}/{month}/{day}",
            wide,
        ]
    )


def _year(match: re.Match[str], site: Site) -> str:
    return spelled(match["y"]) + "年"


def _percentage(match: re.Match[str], site: Site) -> str | None:
    """Write a percentage in characters, in full width or with a space."""
    options = [f"{match['n']}％", f"{match['n']} %", f"百分之{match['n']}"]
    if match["n"].isdigit() and 0 < int(match["n"]) < 100:
        options.append(f"百分之{numeral(int(match['n']))}")
    return site.rng.choice(options)


def _characters(match: re.Match[str], site: Site) -> str | None:
    """Write a small figure in characters."""
    value = int(match["n"])
    counted = match["unit"][0] in "個个次小分星"
    return (("兩" if value == 2 and counted else numeral(value)) + match["unit"]) if 1 < value < 100 else None


def _figures(match: re.Match[str], site: Site) -> str | None:
    value = numeral_value(match["n"])
    return None if value is None or value < 2 else f"{value}{match['unit']}"


def _clock(match: re.Match[str], site: Site) -> str:
    """Write a time of day in another usual way."""
    hour = int(match["h"])
    full = hour + (12 if match["half"] == "下午" and hour < 12 else 0)
    return site.rng.choice(
        [
            f"{match['half']}{hour}點",
            f"{full}:00",
            f"{match['half']}{numeral(hour) if hour != 2 else '兩'}{'時' if hour != 2 else '點'}",
            f"{match['half']}{hour}:00",
        ]
    )


def _other_if(match: re.Match[str], site: Site) -> str | None:
    options = [w for w in ("如果", "倘若", "若", "如", "假如", "要是") if w != match["w"]]
    return site.rng.choice(options) + match["cond"]


def _if_saying(match: re.Match[str], site: Site) -> str:
    """Give a leading condition the form '如果…的話'."""
    ending = "" if match["cond"].endswith(("的", "時", "时", "話", "话")) else "的話"
    return f"{site.rng.choice(['如果', '若', '倘若'])}{match['cond']}{ending}，"


def _led_in(match: re.Match[str], site: Site) -> str:
    """Say where the statement comes from, as an answer does."""
    return (
        site.rng.choice(["根據文件，", "根據所引資料，", "資料顯示，", "文件列明，", "按照文件所述，", "請注意，"])
        + match.group()
    )


def _fits(match: re.Match[str], site: Site) -> bool:
    """Keep a word apart from the longer words it is part of."""
    word, after = match.group(), site.sentence[match.end() :]
    if not site.free(match) or (word in ("一般", "通常") and not re.match(r"[於于需會会不在可只按為为]", after)):
        return False
    if word in ("電郵", "电邮") and not (
        re.match(r"[、及或短內内]", after) and re.search(r"[、及或]$", site.sentence[: match.start()])
    ):
        return False
    whole = site.sentence[max(0, match.start() - 1) : match.end() + 1]
    return (
        not re.search(
            r"[並并]且不|必須|必须|毋須|毋须|無須|无须|仍須|仍须|須知|须知|不可[以能避分抗或思]|"
            r"不能不|不得[不已以超少多低高]|以及|普及|及[格時时其早]|涉及|提及|埃及|危及|觸及|"
            r"触及|顧及|顾及|波及|遍及|不及|惟[一獨独有]|唯|[認认許许方即亦均都不否才只小寧宁]可|"
            r"可[能是以持否見见供靠行愛爱惜憐怜口樂乐觀观笑怕信疑變变謂谓]|一般[人來来而資资性]|"
            r"一般$|[反相適适供響响對对答回效感因理適]應|[反相适供响对答回效感因理]应|應[用對对付急有]|"
            r"应[用对付急有]|獲[取利勝胜獎奖益]|获[取利胜奖益]|但[是書书願愿]|不但|[條条合契大節节公制預预簽签違违]約|"
            r"[条合契大节公制预签违]约|約[翰束旦定會会]|约[翰束旦定会]|假若|若[干是非]|[及與与]其|"
            r"平均|均[勻匀衡]|必須先",
            whole,
        )
        and not ("但" in match.group() and not re.search(r"[，。；]$", site.sentence[: match.start()] or "。"))
        and not (match.group() == "若" and not re.search(r"(?:^|[，；])$", site.sentence[: match.start()]))
        and not (match.group() in "你" and site.sentence[match.end() : match.end() + 1] in "們们")
    )


def _true(name: str, pattern: str, new: Replacement, when: Condition = always) -> Operator:
    return rule(name, "true", "zh", pattern, new, when)


def _together(match: re.Match[str], site: Site) -> bool:
    """Write figures in characters only where no range or decimal is broken up."""
    return free(match, site) and not re.search(rf"[至\-–.,\d月年{NUMERAL}第$及或、]$", site.sentence[: match.start()])


def chinese_rewordings() -> list[Operator]:
    """Give the operators that keep a sentence true."""
    same = table(CHINESE_SAME)
    words = [
        w
        for w in CHINESE_SAME
        if w
        not in (
            "可",
            "你",
            "獲",
            "約",
            "本行",
            "本公司",
            "開始",
            "使用",
            "擁有",
            "沒有",
            "不超過",
            "不多於",
            "至少",
            "最少",
            "免費",
            "戶口",
            "應",
            "及",
            "均",
            "若",
            "不設",
            "不能",
            "以及",
        )
    ]
    return [
        _true("money", rf"(?P<cur>HK\$|US\$|RMB)(?P<n>{AMOUNT})(?![\d,]*\d|[萬億])", _money, free),
        _true("ten-thousands", r"(?<![\d,.])(?P<n>\d{1,3}(?:,\d{3})+)(?=元|港元|美元|人)", _in_ten_thousands),
        _true("out-of-ten-thousands", r"(?<![\d,.])(?P<n>\d{1,3})萬(?=[元港人])", _out_of_ten_thousands),
        _true("no-commas", r"(?<=[^,\d]\d),(?=\d{3}(?!\d|,))|(?<=[^,\d]\d\d),(?=\d{3}(?!\d|,))", "", free),
        _true("date", r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日", _date),
        _true("year", r"(?<!\d)(?P<y>(?:19|20)\d\d)年(?!\d)", _year),
        _true("percentage", rf"(?<![\d.至–\-])(?P<n>{AMOUNT})%(?!至|–|-)", _percentage, free),
        _true("characters", rf"(?<![\d.,$月年])(?P<n>\d{{1,2}})(?P<unit>{_UNITS})", _characters, _together),
        _true("figures", rf"(?P<n>[{NUMERAL}]{{1,2}})(?P<unit>{_UNITS})", _figures, _together),
        _true("clock", r"(?P<half>上午|下午)(?P<h>\d{1,2})時(?!\d|間)", _clock),
        _true(
            "other-if",
            r"(?:^|(?<=[，；]))(?P<w>如果|倘若|若|如|倘)(?!下|何|上|同|今|期|實|意|此|有需|無|"
            r"未|欲|干|非)(?P<cond>[^，。；]{2,30}(?=，))",
            _other_if,
            lambda m, s: "否" not in m.group(),
        ),
        _true(
            "if-saying",
            r"(?:^|(?<=；))(?:如果|倘若|若|如)(?!下|何|上|同|今|期|實|意|此|有需|無|欲|干|非)(?P<cond>[^，。；（）]{3,30})，",
            _if_saying,
            lambda m, s: "否" not in m.group(),
        ),
        _true(
            "led-in",
            r"^(?!可是|不過|不过|於是|于是|[^，。]{2,8}：|如|若|倘|因|但|此|其|而|惟|並|并|另|"
            r"然|除|或|這|这|該|该|他|她|它|所|請|请|切|即|根據|根据)[\u4e00-\u9fff「]",
            _led_in,
        ),
        _true("drop-lead", r"^(?:此外|另外|另一方面|同時|值得注意的是|一般而言)，", ""),
        _true("drop-bracket", r"（(?:例如|見|包括|參閱|即|簡稱|又稱|又稱為|英文|虛構)[^（）]*）", ""),
        _true("drop-fictional", r"（虛構）", ""),
        _true("same", "|".join(sorted(words, key=len, reverse=True)), same, _fits),
        _true(
            "may-long",
            r"(?<![認許方即亦均都不否才只小寧])可(?=[向於在隨按要選透經將更查申把致給委聯轉撤終調減拒親])",
            "可以",
            _fits,
        ),
        _true("as-we", r"本行|本公司", same),
        _true("you", r"閣下|你(?!們)", same),
        _true("account", r"(?<!開)戶口", same),
        _true("limits", r"(?:不超過|不多於)(?=\d|[HU][KS]\$)|(?:至少|最少)(?=[\d一兩三四五六])", same),
        _true("should", r"應(?=[向在先以盡即自將使按就])", same, _fits),
        _true(
            "and",
            r"(?<=[\u4e00-\u9fff、])(?<![普涉提埃危觸顧波遍不以])及(?=[\u4e00-\u9fff])(?![格時其早])",
            lambda m, s: s.rng.choice(["和", "以及"]),
            _fits,
        ),
        _true("both", r"(?<!平)均(?=[受須可為會設由適])(?!為)", "都"),
        _true("days", r"(?<=\d)日內", "天內"),
        _true("brackets", r"（([^（）]*)）", r"(\1)"),
        _true("commas", r"(?<![\d%])，(?=[^，\d]+。$)", ","),
        _true("spaces", r"(?<=[\u4e00-\u9fff])(?<![年月至第之])(?=\d)", " ", free),
    ]
