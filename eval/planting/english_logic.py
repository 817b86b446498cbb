"""English errors of condition and of negation.

A condition is dropped or reversed only where what is left can be read alone, and a negation is moved only in the
main clause, where it turns the statement round; a relative clause's verb is left alone.
"""

from __future__ import annotations

import re

from eval.planting.operators import Condition, Operator, Replacement, Site, always, chooser, rule

_SUBJECT = (
    r"(?:[Tt]he|[Aa]n?|[Ww]e|[Yy]ou|[Nn]o|[Ee]ach|[Aa]ny|[Aa]ll|[Tt]his|[Cc]ustomers|"
    r"[Ii]nstitutions|AIs?|[Ii]nterest|[Bb]enefits|[Pp]ayment)"
)
_STATES = re.compile(
    r"\b(?:is|are|may|must|can|cannot|will|should|has|have|pays?|applies|apply|needs?|"
    r"does|do|bears?|writes?|gives?|shall)\b"
)
_SUBORDINATE = re.compile(
    r"\b(?:that|which|who|whom|whose|if|when|where|unless|because|while|whether|what|"
    r"how|as|until|before|after|once|than)\b"
)
_NEGATIVE = re.compile(
    r"\b(?:not|no|never|nor|neither|none|cannot|nothing|unless|without|only|except|hardly|fails?)\b", re.IGNORECASE
)


def main_clause(match: re.Match[str], site: Site) -> bool:
    """Tell whether the verb is that of the main clause: no subordinating word is open before it."""
    before = site.sentence[: match.start()].split("; ")[-1]
    opener = _SUBORDINATE.match(before.lower().lstrip())
    rest = before
    if opener:
        _, comma, rest = before.partition(", ")
        if not comma:
            return False
    return not _SUBORDINATE.search(rest) and rest.count("(") == rest.count(")")


def affirmed(match: re.Match[str], site: Site) -> bool:
    """Tell whether the clause is free of other negatives, so that one more does turn it round."""
    clause = re.split(r"[;:]", site.sentence[match.start() :])[0]
    return (
        main_clause(match, site)
        and not _NEGATIVE.search(clause)
        and not _NEGATIVE.search(site.sentence[: match.start()])
    )


def _dropped_lead(match: re.Match[str], site: Site) -> str | None:
    """Leave a leading condition out: what held in one case is said to hold always."""
    main = match["main"]
    stands_alone = re.match(rf"{_SUBJECT}\b", main) and _STATES.search(main)
    bound = re.search(
        r"\b(?:it|they|them|its|their|he|she|such|this|that|those|these|then|so|the same|however|may be)\b", main
    )
    return main if stands_alone and not bound else None


def _dropped_tail(match: re.Match[str], site: Site) -> str | None:
    """Leave a trailing condition out."""
    head = site.sentence[: match.start()]
    whole = (
        _STATES.search(head)
        and len(head.split()) >= 4
        and not re.search(r"\b(?:and|or|that|which|even|as|only|know|see|whether)$", head.strip())
    )
    return "." if whole and not re.search(r"\b(?:not|no|never|nor|only)\b", head) else None


def _unless_lead(match: re.Match[str], site: Site) -> str | None:
    """Turn 'If' into 'Unless': the rule is said to hold in the opposite case."""
    return (
        None if re.search(r"\bif\b|\bor\b|otherwise|\bany\b", match.group("cond")) else f"Unless {match.group('cond')},"
    )


def _whether(match: re.Match[str], site: Site) -> str:
    return f"whether or not {match['who']}"


def _is_plain_if(match: re.Match[str], site: Site) -> bool:
    """Take an 'if' that sets a condition, not one that asks a question or makes a concession."""
    before = site.sentence[: match.start()].rstrip()
    return not re.search(
        r"\b(?:even|as|only|ask|asks|asked|see|know|check|tell|determine|decide|assess|verify|"
        r"confirm|consider|establish|indicate|and|or|what|except|but|than)$",
        before,
    )


def _condition(name: str, pattern: str, new: Replacement, when: Condition = always) -> Operator:
    return rule(name, "condition", "en", pattern, new, when)


_BOUNDS = {
    "at least": ("at most", "no more than", "up to"),
    "not less than": ("not more than",),
    "no less than": ("no more than",),
    "at most": ("at least",),
    "not more than": ("not less than", "more than"),
    "no more than": ("no less than", "more than"),
    "up to": ("at least", "more than"),
    "not exceeding": ("exceeding",),
    "does not exceed": ("exceeds",),
    "do not exceed": ("exceed",),
    "exceeding": ("not exceeding",),
    "more than": ("less than", "not more than"),
    "less than": ("more than", "at least"),
    "or more": ("or less",),
    "or above": ("or below",),
    "or over": ("or under",),
    "or less": ("or more",),
    "below": ("above",),
    "above": ("below",),
    "over": ("under",),
    "under": ("over",),
    "not later than": ("not earlier than",),
    "no later than": ("no earlier than",),
    "at the latest": ("at the earliest",),
    "exceeds": ("does not exceed", "is below"),
    "minimum": ("maximum",),
    "maximum": ("minimum",),
    "whichever is later": ("whichever is earlier",),
    "whichever is the later": ("whichever is the earlier",),
    "whichever is earlier": ("whichever is later",),
    "whichever is lower": ("whichever is higher",),
    "whichever is the higher": ("whichever is the lower",),
    "whichever is higher": ("whichever is lower",),
    "lowest": ("highest",),
    "highest": ("lowest",),
    "smallest": ("largest",),
    "on or before": ("after",),
    "on or after": ("before",),
    "or earlier": ("or later",),
    "or later": ("or earlier",),
}
_FIGURED = (
    r"(?= (?:a total of |an age of |about )?(?:HK\$|US\$|RMB|\d|two|three|four|five|six|"
    r"seven|eight|nine|ten|twelve|half|one|once|twice|the ))"
)
_LONE = (
    r"\b(?:not (?:less|more|later|earlier) than|no (?:less|more|later|earlier) than|at "
    r"least|at most|up to|(?:does|do) not exceed|not exceeding|more than|less than)\b"
)


def _one_sided(match: re.Match[str], site: Site) -> bool:
    """Change 'lowest' only where 'highest' is not named beside it."""
    return len(re.findall(r"\b(?:lowest|highest|minimum|maximum)\b", site.sentence, re.IGNORECASE)) == 1


def _not_inside(match: re.Match[str], site: Site) -> bool:
    """Keep 'more than' inside 'not more than', and 'not exceeding' of its own, whole."""
    return not re.search(r"\b(?:not|no|if|never)\s$", site.sentence[: match.start()])


def english_conditions() -> list[Operator]:
    """Give the operators on conditions."""
    bounds = chooser(_BOUNDS)
    return [
        _condition(
            "drop-lead-if",
            r"^(?:If|Where|When|Provided that|Only if) (?P<cond>[^,;]+), (?P<main>[^;]+)$",
            _dropped_lead,
        ),
        _condition("drop-lead-unless", r"^Unless (?P<cond>[^,;]+), (?P<main>[^;]+)$", _dropped_lead),
        _condition("if-to-unless", r"^If (?P<cond>[^,;]+),", _unless_lead),
        _condition("unless-to-if", r"\b[Uu]nless(?! otherwise)\b", chooser({"unless": ("if",)})),
        _condition(
            "drop-tail-if",
            r",? (?:if|provided that|so long as|as long as|only if|but only if) [^,;:()]+\.$",
            _dropped_tail,
            _is_plain_if,
        ),
        _condition("drop-tail-unless", r",? unless [^,;:()]+\.$", _tail_exception),
        _condition("drop-tail-except", r",? except (?:that|if|when|where|for|in) [^;:()]+\.$", _tail_exception),
        _condition(
            "only-if", r"(?:but )?\bonly (?:if|when|where) (?P<who>the|you|it|we|an?|they|he|this|its?)\b", _whether
        ),
        _condition(
            "tail-if-whether",
            r"(?<=[a-z] )if (?P<who>the|you|it|we|an?|they) (?=[^,;]+\.$)",
            lambda m, s: f"whether or not {m['who']} ",
            _plain_and_positive,
        ),
        _condition("provided-whether", r"\bprovided that (?P<who>\w+)\b", _whether),
        _condition(
            "except-including",
            r"\bexcept(?= (?:public|for|in|on|the|green|where|if|when|that part|those)\b)|\bexcluding\b|"
            r"\bother than\b(?= (?:a|the|in)\b)",
            chooser({"except": ("including",), "excluding": ("including",), "other than": ("including",)}),
            _no_clause,
        ),
        _condition("except-even", r"\bexcept (?=where|if|when)", "even "),
        _condition("subject-to", r"(?<=\bis |\bare )subject to (?=the|a|its|their|clause)", "not subject to "),
        _condition("bound", _LONE + _FIGURED, bounds, _not_inside),
        _condition(
            "bound-tail",
            r"(?<=[\w%] )(?:or (?:more|above|over|less|earlier|later)|at the latest)\b(?! than)",
            bounds,
        ),
        _condition(
            "bound-place",
            r"\b(?:below|above|over|under)(?= (?:HK\$|US\$|RMB|\d))|\bexceeds(?= (?:HK\$|US\$|\d|the))",
            bounds,
            _not_inside,
        ),
        _condition(
            "minimum", r"\b[Mm](?:inimum|aximum)\b|\b(?:low|high|small)est\b|\b[Ss]mallest\b", bounds, _one_sided
        ),
        _condition("whichever", r"\bwhichever is (?:the )?(?:later|earlier|lower|higher)\b", bounds),
        _condition("on-or", r"\bon or (?:before|after)\b", bounds),
        _condition(
            "before-after",
            r"(?<=[a-z\d,] )(?:before|after)(?= (?:the|a|an|you|we|it|its|each|any|\d|that|this|"
            r"maturity|receipt|payment|opening|discharge|carrying|making|approving|being)\b)",
            chooser({"before": ("after",), "after": ("before",)}),
            _not_inside,
        ),
        _condition(
            "within-after",
            r"\bwithin(?= (?:\d+|two|three|four|five|six|seven|ten|twelve) (?:business |working "
            r"|calendar )?(?:days|months|hours|years|weeks)\b)(?! (?:\S+ ){1,3}(?:days|months|"
            r"hours|years|weeks) (?:after|of|from|before))",
            "only after",
            lambda m, s: "at the latest" not in s.sentence,
        ),
        _condition(
            "only-not", r"\bonly(?= (?:in|by|for|on|with|to|from|at|after|before|within)\b)", "not only", _plain_only
        ),
        _condition(
            "without",
            r"\bwithout (?=(?:prior |written |further )?(?:notice|charge|consent|the (?:\w+['’]s "
            r")?consent|authori[sz]ation|agreement|approval|the agreement))",
            "only with ",
            _not_inside,
        ),
        _condition(
            "with-consent",
            r"\b(?:only )?with (?=(?:the |your |its |his |our )?(?:\w+['’]s )?(?:prior )?(?:written "
            r")?(?:consent|approval|agreement))",
            "without ",
        ),
        _condition("must-need-not", r"\bmust(?! not\b| have)\b", "need not", lambda m, s: affirmed(m, s)),
        _condition("required-optional", r"\bshould(?! not\b| have)(?= \w+)", "need not", lambda m, s: affirmed(m, s)),
        _condition(
            "all-any",
            r"\b(?:consent|signatures?|instructions|agreement) of all\b",
            lambda m, s: m.group()[:-3] + "any one of",
        ),
        _condition("and-or", r"\bboth (?P<a>[\w -]{3,25}) and (?=\w)", r"either \g<a> or "),
        _condition("even-if", r"\beven (?=if|when|where)", "except "),
        _condition("until", r"\b[Uu]ntil(?= (?:the|it|you|a|we|\d))", chooser({"until": ("after",)})),
    ]


def _tail_exception(match: re.Match[str], site: Site) -> str | None:
    head = site.sentence[: match.start()]
    return "." if len(head.split()) >= 4 and _STATES.search(head) else None


def _plain_and_positive(match: re.Match[str], site: Site) -> bool:
    return _is_plain_if(match, site) and not _NEGATIVE.search(site.sentence)


def _no_clause(match: re.Match[str], site: Site) -> bool:
    return not re.match(r" (?:where|if|when|for|in|on)\b", site.sentence[match.end() :]) or match.group() != "except"


def _plain_only(match: re.Match[str], site: Site) -> bool:
    return not re.search(r"\b(?:not|if|the)\s$", site.sentence[: match.start()])
