"""What an operator is, and the parts of a sentence that none of them may touch."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from guardrails.normalise import fold


@dataclass(frozen=True)
class Site:
    """One sentence to change, what it was taken from, and the source of chance."""

    sentence: str
    evidence: str
    rng: random.Random

    @property
    def protected(self) -> list[tuple[int, int]]:
        """Spans whose figures are names (clauses, laws, codes), not facts."""
        return [m.span() for m in _REFERENCE.finditer(self.sentence)]

    def free(self, match: re.Match[str]) -> bool:
        """Tell whether a match lies outside every protected span."""
        return not any(a < match.end() and match.start() < b for a, b in self.protected)


_REFERENCE = re.compile(
    r"(?i:\b(?:clauses?|sections?|cap\.?|tables?|paragraphs?|paras?\.?|parts?|annex(?:es)?|"
    r"schedules?|sch\.|chapters?|no\.|"
    r"principles?|notes?|article|items?|forms?|version|steps?|class|rule|benefits?|s\.|ss\.)\s*)[\dA-Z][\w.()]*"
    r"(?:(?:\s*,\s*|\s*(?:and|or|to)\s+)\d[\w.()]*)*"
    r"|\+852[\d ]+|\b\d{4} \d{4}\b|\b[A-Z]{2,}[-–][\w-]+(?: \(\d{4}-\d{2}\))?|\(\d{4}-\d{2}\)|"
    r"\b\d{1,4}/F\b|\b\d+ [A-Z][a-z]+ "
    r"(?:Street|Road|Lane|Terrace)|\b[A-Za-z]+\d+\b|\b\d+[A-Za-z]+\b|《[^》]*》|「[^」]*」"
    r"|第[\d.()a-z至及、（）一二三四五六七八九十]+[條条節节章表號号款段部屆届次]|[表附录錄註注见見]\s?\d[\d.]*|"
    r"\d+[號号樓楼]"
    r"|\([一二三四五六七八九十]\)|\d{5,}(?![\d,.]|[元人名股])"
)

Replacement = str | Callable[[re.Match[str], Site], str | None]
Condition = Callable[[re.Match[str], Site], bool]


def always(match: re.Match[str], site: Site) -> bool:
    """Apply wherever the pattern matches."""
    return True


def free(match: re.Match[str], site: Site) -> bool:
    """Apply where the match is no reference to a clause, a law or a phone."""
    return site.free(match)


@dataclass(frozen=True)
class Operator:
    """One way to change a sentence: where it applies and what it puts there."""

    name: str
    kind: str
    language: str
    pattern: re.Pattern[str] = field(repr=False)
    replacement: Replacement = field(repr=False)
    when: Condition = field(default=always, repr=False)

    def apply(self, site: Site) -> str | None:
        """Change one place of the sentence, or give None where the operator does not fit."""
        matches = [m for m in self.pattern.finditer(site.sentence) if self.when(m, site)]
        site.rng.shuffle(matches)
        for match in matches:
            new = match.expand(self.replacement) if isinstance(self.replacement, str) else self.replacement(match, site)
            if new is not None and new != match.group():
                return tidy(site.sentence[: match.start()] + new + site.sentence[match.end() :], self.language)
        return None

    def simplified(self) -> Operator:
        """Give the operator for Simplified Chinese; a computed replacement is converted when it is made."""
        rule = self.replacement
        new: Replacement = fold(rule) if isinstance(rule, str) else _converted(rule)
        pattern = re.compile(fold(self.pattern.pattern), self.pattern.flags)
        return Operator(self.name, self.kind, "zh-Hans", pattern, new, self.when)


def _converted(rule: Callable[[re.Match[str], Site], str | None]) -> Callable[[re.Match[str], Site], str | None]:
    """Wrap a computed replacement so that what it gives is Simplified."""

    def convert(match: re.Match[str], site: Site) -> str | None:
        result = rule(match, site)
        return None if result is None else fold(result)

    return convert


def tidy(sentence: str, language: str) -> str:
    """Mend what a cut leaves behind: doubled spaces and marks, a small first letter."""
    sentence = re.sub(r"\s+([,.;)])", r"\1", re.sub(r"  +", " ", sentence)).strip(" ,，；")
    sentence = re.sub(r"([，、；])[，；]|，(?=。)", lambda m: m.group(1) or "", sentence)
    sentence = re.sub(r",(?=[,.])", "", sentence)
    return sentence[:1].upper() + sentence[1:] if language == "en" else sentence


def fixed_width(pattern: str) -> str:
    """Write a look-behind of several alternatives as several: Python wants each of one width."""
    found = re.search(r"\(\?<([=!])", pattern)
    if found is None:
        return pattern
    depth, inside, start, parts = 1, False, found.end(), []
    place = start
    while depth:
        char = pattern[place]
        if char == "\\":
            place += 1
        elif inside:
            inside = char != "]"
        elif char == "[":
            inside = True
        elif char in "()":
            depth += 1 if char == "(" else -1
        if not inside and ((char == "|" and depth == 1) or depth == 0):
            parts.append(pattern[start:place])
            start = place + 1
        place += 1
    sign = found.group(1)
    looks = [f"(?<{sign}{part})" for part in parts]
    joined = "".join(looks) if sign == "!" or len(looks) == 1 else f"(?:{'|'.join(looks)})"
    return pattern[: found.start()] + joined + fixed_width(pattern[place:])


def rule(
    name: str,
    kind: str,
    language: str,
    pattern: str,
    replacement: Replacement,
    when: Condition = always,
    flags: int = 0,
) -> Operator:
    """Write an operator in one line of a table."""
    return Operator(name, kind, language, re.compile(fixed_width(pattern), flags), replacement, when)


def both(conditions: tuple[Condition, ...]) -> Condition:
    """Ask that every one of several conditions holds."""

    def ask(match: re.Match[str], site: Site) -> bool:
        return all(condition(match, site) for condition in conditions)

    return ask


def chooser(table: dict[str, tuple[str, ...]]) -> Callable[[re.Match[str], Site], str | None]:
    """Replace a word by one of those the table gives for it, its capital kept."""

    def choose(match: re.Match[str], site: Site) -> str | None:
        word = match.group()
        options = table.get(word) or table.get(word.lower())
        if not options:
            return None
        new = site.rng.choice(options)
        return new[:1].upper() + new[1:] if word[:1].isupper() and word not in table else new

    return choose
