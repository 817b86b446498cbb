"""Ways to say an English sentence otherwise without changing what it states."""

from __future__ import annotations

import re

from eval.planting.english_values import WORDS
from eval.planting.figures import AMOUNT, MONTHS
from eval.planting.operators import Condition, Operator, Replacement, Site, always, chooser, free, rule
from eval.planting.synonyms import CONTRACTIONS, ENGLISH_SAME

_MONTH = "|".join(MONTHS)
_MONEY = rf"(?P<n>{AMOUNT})(?![\d,]*\d| ?(?:million|billion))"
_NAMES = {
    "HK$": ("HKD{}", "HKD {}", "{} Hong Kong dollars", "HK$ {}"),
    "US$": ("USD{}", "USD {}", "{} US dollars"),
    "RMB": ("RMB {}", "CNY {}", "{} renminbi"),
}


def _money(match: re.Match[str], site: Site) -> str:
    """Write an amount with its currency in another usual way."""
    figure = match["n"] if site.rng.random() < 0.7 else match["n"].replace(",", "")
    return site.rng.choice(_NAMES[match["cur"]]).format(figure)


def _date(match: re.Match[str], site: Site) -> str:
    """Write a date in another usual way."""
    day, month, year = int(match["d"]), match["m"], match["y"]
    ending = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    number = MONTHS.index(month) + 1
    return site.rng.choice(
        [
            f"{month} {day}, {year}",
            f"{day}{ending} {month} {year}",
            f"{year}-{number:02d}-{day:02d}",
            f"{day:02d} {month} {year}",
            f"{day} {month[:3]} {year}",
        ]
    )


def _in_words(match: re.Match[str], site: Site) -> str | None:
    """Write a small figure in words, unless another figure is written beside it."""
    value = int(match["n"])
    return WORDS[value] if 1 < value < 13 else None


def _in_figures(match: re.Match[str], site: Site) -> str:
    return str(WORDS.index(match["w"].lower()))


def _clock(match: re.Match[str], site: Site) -> str:
    """Write a time of day in another usual way."""
    hour, minute, half = int(match["h"]), match["min"] or "00", match["half"]
    full = hour % 12 + (12 if half == "p" else 0)
    return site.rng.choice(
        [f"{full:02d}:{minute}", f"{hour}:{minute}{half}m", f"{hour}:{minute} {half.upper()}M"]
        + ([f"{hour} {half}m"] if minute == "00" else [])
    )


def _condition_last(match: re.Match[str], site: Site) -> str | None:
    """Turn 'If X, Y.' into 'Y if X.'; not where a pronoun would then come before its noun."""
    cond, main = match["cond"], match["main"]
    back = re.search(
        r"\b(?:it|they|them|its|their|he|she|his|her|such|this|that|these|those|then|even|"
        r"so|or|not|no|cannot|unless|and)\b",
        main,
    )
    if back or re.search(r"[,;:(]|\bor\b", main) or re.match(r"(?:Please|please)\b", main):
        return None
    return f"{main[0].upper()}{main[1:]} {match['w'].lower()} {cond}."


def _condition_first(match: re.Match[str], site: Site) -> str | None:
    """Turn 'Y if X.' into 'If X, Y.'; a sentence with a second clause is left as it is."""
    main, cond, word = match["main"], match["cond"], match["w"]
    tangled = re.search(
        r"\b(?:and|or|but|that|which|who|even|as|only|whether|see|know|ask|not|no)\b|[,;:(]", main + " " + word
    ) or re.search(r"\b(?:it|they|its|their|this|that)\b", cond)
    if tangled or not re.match(r"(?:The|A|An|We|You|Interest|No|Any|All|Each)\b", main):
        return None
    return f"{word.capitalize()} {cond}, {main[0].lower()}{main[1:]}."


def _as_we(match: re.Match[str], site: Site) -> str | None:
    """Let the bank speak of itself as 'we'."""
    more = re.search(r"\b(?:it|its|itself|we|our|the Bank|Bank['’]s|the Trustee)\b", site.sentence[match.end() :])
    return None if more else f"We {match['v']}"


_WE_DO = {
    "gives": "give",
    "writes": "write",
    "pays": "pay",
    "informs": "inform",
    "tells": "tell",
    "asks": "ask",
    "issues": "issue",
    "receives": "receive",
    "sends": "send",
    "charges": "charge",
    "refunds": "refund",
    "distributes": "distribute",
}


def _as_we_do(match: re.Match[str], site: Site) -> str | None:
    """Let the bank say what it does as 'we'."""
    more = re.search(r"\b(?:it|its|itself|we|our|the Bank)\b", site.sentence[match.end() :])
    return None if more or match["v"] not in _WE_DO else f"We {_WE_DO[match['v']]}"


def _as_you(match: re.Match[str], site: Site) -> str | None:
    """Speak to the customer as 'you'."""
    more = re.search(r"\b(?:customer|customer['’]s|he|his|her|the holder)\b", site.sentence[match.end() :])
    return None if more else f"You {match['v']}"


def _led_in(match: re.Match[str], site: Site) -> str:
    """Say where the statement comes from, as an answer does."""
    lead = site.rng.choice(
        [
            "According to the document, ",
            "Under these terms, ",
            "As stated, ",
            "Please note that ",
            "The document states that ",
        ]
    )
    first = match.group()
    return lead + (first[0].lower() + first[1:])


def _has_verb(match: re.Match[str], site: Site) -> bool:
    """Tell whether the main clause has a verb, so that it can follow 'that'."""
    return (
        re.search(
            r"\b(?:is|are|was|were|may|must|can|cannot|will|should|has|have|does|do|applies|apply|pays?|gives?)\b",
            site.sentence,
        )
        is not None
    )


def _figured(match: re.Match[str], site: Site) -> bool:
    return free(match, site) and not re.search(
        r"(?:to|and|or|–|-|/|\.)\s?$|\bfrom $|class $", site.sentence[: match.start()]
    )


def _true(name: str, pattern: str, new: Replacement, when: Condition = always, flags: int = 0) -> Operator:
    return rule(name, "true", "en", pattern, new, when, flags)


def _contract(match: re.Match[str], site: Site) -> str | None:
    return CONTRACTIONS.get(match.group())


def english_rewordings() -> list[Operator]:
    """Give the operators that keep a sentence true."""
    small = "|".join(WORDS[2:13])
    units = (
        r"(?:business |working |calendar |trading |dealing )?(?:seconds|minutes|hours|days|"
        r"weeks|months|years|times|characters|switches|funds)\b"
    )
    same = "|".join(
        re.escape(w)
        for w in sorted(ENGLISH_SAME, key=len, reverse=True)
        if w not in ("until", "however", "at any time", "each", "every", "obtained", "customers")
    )
    return [
        _true("money", rf"(?P<cur>HK\$|US\$|RMB){_MONEY}", _money, free),
        _true(
            "no-commas",
            r"(?<=\d),(?=\d{3}\b)(?!\d{3},)",
            "",
            lambda m, s: len(re.findall(r"\d,\d{3},\d", s.sentence)) == 0 and s.free(m),
        ),
        _true("per-cent", r"(?<=\d)%", lambda m, s: s.rng.choice([" per cent", " percent", " %"]), free),
        _true("zeros", r"(?<=\d\.\d)0(?=%)|(?<=\d)\.00(?=%)", "", free),
        _true("date", rf"\b(?P<d>\d{{1,2}}) (?P<m>{_MONTH}) (?P<y>\d{{4}})\b", _date),
        _true("in-words", rf"(?<![\d.,–-])\b(?P<n>\d{{1,2}})(?= {units})", _in_words, _figured),
        _true("in-figures", rf"\b(?P<w>{small})(?= {units})", _in_figures, _figured, re.IGNORECASE),
        _true("clock", r"\b(?P<h>\d{1,2})(?::(?P<min>\d\d))? (?P<half>[ap])\.m\.(?! *$)", _clock),
        _true("contraction", r"\b(?:" + "|".join(CONTRACTIONS) + r")\b(?! only)", _contract),
        _true("condition-last", r"^(?P<w>If|When|Unless) (?P<cond>[^,;:()]+), (?P<main>[^;:()]+)\.$", _condition_last),
        _true("condition-first", r"^(?P<main>[^,;:]+?),? (?P<w>if|unless) (?P<cond>[^,;:]+)\.$", _condition_first),
        _true(
            "within-limit",
            r"\bwithin(?= \d+ (?:business |working |calendar )?days\b)",
            lambda m, s: s.rng.choice(["in no more than", "in not more than"]),
        ),
        _true(
            "you-must",
            r"\b[Yy]ou must(?! not)\b",
            lambda m, s: m.group()[:3] + s.rng.choice([" have to", " need to", " are required to"]),
        ),
        _true(
            "singular-must",
            r"(?<=[a-z] )must(?! not)\b(?= [a-z])",
            lambda m, s: s.rng.choice(["has to", "is required to"]),
            _singular,
        ),
        _true("as-we-do", r"^The Bank (?P<v>[a-z]+s)\b", _as_we_do),
        _true("as-our", r"\bthe Bank['’]s\b(?! (?:own|staff))", "our"),
        _true("as-you", r"^(?:The|A) customer (?P<v>may|must|cannot|can|will)\b", _as_you),
        _true("as-we", r"^The Bank (?P<v>will|may|can|must|cannot|has to)\b", _as_we),
        _true(
            "drop-adverb",
            r"^(?:However|In addition|Moreover|Furthermore|Accordingly|Therefore|Generally speaking|"
            r"In particular), (?P<c>[a-zA-Z])",
            lambda m, s: m["c"].upper(),
        ),
        _true(
            "drop-also", r"\b(?:also|therefore) (?=[a-z])", "", lambda m, s: not re.search(r"\bnot $|only", s.sentence)
        ),
        _true("drop-example", r" \((?:e\.g\.|for example|such as|see)[^()]*\)", ""),
        _true("drop-fictional", r" \(fictional\)", ""),
        _true("drop-examples", r", (?:for example|such as) [^,;:.()]+,", ""),
        _true("same", rf"\b(?:{same})\b", chooser(ENGLISH_SAME), _same_fits),
        _true(
            "led-in", r"^(?:The|A|An|We|You|All|No|Any|Each|Interest|Institutions|If|This|There)\b", _led_in, _has_verb
        ),
        _true("at-any-time", r"\bat any time\b(?!,)", "at any moment"),
        _true("clients", r"\bcustomers\b(?!['’])", "clients"),
    ]


def _singular(match: re.Match[str], site: Site) -> bool:
    return (
        re.search(
            r"^(?:The|An?|Each) (?:[a-z]+ )?(?:customer|insured|member|claim|employer|account|"
            r"application|institution|request|Bank|policy holder) $",
            site.sentence[: match.start()],
        )
        is not None
    )


def _same_fits(match: re.Match[str], site: Site) -> bool:
    """Keep a synonym from a place where it would not be one."""
    word, before, after = match.group(), site.sentence[: match.start()], site.sentence[match.end() :]
    if word in ("provide", "provides"):
        return re.match(r" (?:a |the )?(?:information|notice|details|advice)", after) is not None
    return (
        not (word == "should" and re.match(r" not| have", after))
        and not re.search(r"\b(?:not|or|otherwise) $", before)
        and not (word == "purchase" and re.search(r"\b(?:the|a|of|each|any) $", before))
        and not (word == "such as" and not re.match(r" [a-z]", after))
        and not (word == "ensure" and not re.match(r" that", after))
        and word != "regarding"
        and not (word in ("e-mail", "email", "telephone") and re.match(r"@", after))
        and not (word == "at least" and not re.match(r" (?:\d|HK|two|three|six)", after))
        and not (word == "in relation to" and not before.endswith("information "))
        and word not in ("in respect of", "obtain")
    )
