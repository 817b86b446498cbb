"""Whether letters make words: what tells a text from one that is written in a code."""

from __future__ import annotations

import re

_COMMON = frozenset(
    "a about above account act after all am an and any are as at be before break but buy by can card client code "
    "could customer do does don't everything fee follow for forget from fund get give guarantee has have hello help "
    "hidden how i if ignore in instruction instructions is it just key know limit list loan make me money most my "
    "name no not now of on or order our out password please policy print prompt rate reveal rule rules say secret "
    "security send share should show so stock stop system tell that the their them then there they this to up us "
    "was we were what when where which who will with without would you your".split()
)
_LATIN = re.compile(r"[a-z']{1,20}")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
SHARE = 0.25  # of a text's Latin words that are common ones, in English


def reads_as_words(text: str) -> bool:
    """Whether lower-case ``text`` is English or Chinese as people write it; False for fewer than two words."""
    words = _LATIN.findall(text)
    if len(_CHINESE.findall(text)) >= 2:
        return True
    return len(words) >= 2 and sum(word in _COMMON for word in words) >= max(2, SHARE * len(words))
