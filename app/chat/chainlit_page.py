"""Which script and style Chainlit's built page loads; the page itself is ours (templates/frame.html).

Its own page asks two font hosts and a CDN, and carries inline scripts; ours asks nobody and needs none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ChainlitFiles:
    """Paths below the frame's address, e.g. ``assets/index-B2u6IBgX.js``."""

    script: str
    style: str

    @classmethod
    def of_build(cls, build: Path) -> ChainlitFiles:
        """Read from the built ``index.html``.

        Raises:
            ValueError: the page does not look as this version of Chainlit builds it.
        """
        page = (build / "index.html").read_text(encoding="utf-8")
        script = re.search(r'<script type="module"[^>]* src="/(assets/[\w.-]+\.js)"', page)
        style = re.search(r'<link rel="stylesheet"[^>]* href="/(assets/[\w.-]+\.css)"', page)
        if script is None or style is None:
            raise ValueError(f"no script or style found in {build}/index.html; is Chainlit the locked version?")
        return cls(script.group(1), style.group(1))
