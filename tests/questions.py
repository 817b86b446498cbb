"""Questions that are none, for every door: what nobody can read, and what can be read and asks nothing known."""

from __future__ import annotations

EMPTY = {"empty": "", "blanks": " \t\n\u3000"}
TOO_LONG = {"a megabyte": "金卡年費 fee " * 90_000}
UNSTORABLE = {"NUL": "What is\0the fee?", "half a pair": "What is the fee? \ud83d"}
ODD = {
    "emoji": "😀👨‍👩‍👧‍👦🇭🇰❓",
    "control characters": "\x01\x02\x1b[31m\x7f\u202e\u2066",
    "unseen": "\u200b\u200d\ufeff",
    "mixed scripts": "Золотая ゴールド 골드 ذهبية \u0301\u0301",
    "punctuation": "????!!!……。。。",
}
