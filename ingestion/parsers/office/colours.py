"""Colours of Office files as red, green and blue in hex, and how alike two of them are."""

from __future__ import annotations

import colorsys

NEAR = 32  # of 255, in the channel that differs most
WHITE = "FFFFFF"
BLACK = "000000"


def near(one: str, other: str) -> bool:
    """Whether words in the one colour are not seen on the other; False where either is no colour."""
    try:
        pairs = zip(bytes.fromhex(one), bytes.fromhex(other), strict=True)
        return max(abs(a - b) for a, b in pairs) < NEAR
    except ValueError:
        return False


def lightened(colour: str, times: float, plus: float) -> str:
    """The colour with its luminance (0 to 1) multiplied, then raised; both as ECMA-376 part 1, 20.1.2.3.20 says."""
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in bytes.fromhex(colour)))
    return _hex(*colorsys.hls_to_rgb(hue, min(max(light * times + plus, 0.0), 1.0), saturation))


def mixed(colour: str, other: str, share: float) -> str:
    """``share`` (0 to 1) of the colour, the rest of the other."""
    pairs = zip(bytes.fromhex(colour), bytes.fromhex(other), strict=True)
    return _hex(*((a * share + b * (1 - share)) / 255 for a, b in pairs))


def _hex(*parts: float) -> str:
    return bytes(round(255 * part) for part in parts).hex().upper()
