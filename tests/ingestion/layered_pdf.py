"""Makes a one-page PDF from a content stream, with what hiding needs: layers, transparency, pictures, a form."""

from __future__ import annotations

import re

from eval.table_heavy import assembled

FORM = re.compile(r"/FORM<(.*?)>", re.DOTALL)
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
PHOTO = bytes(range(60, 256, 4)) * 49  # grey, from dark to light
SCAN = bytes(0 if (x // 2 + y) % 3 == 0 else 255 for y in range(120) for x in range(120))  # black on white, as print is


def layered_pdf(content: str) -> bytes:
    """An A4 page with F1 (Helvetica), G0 (transparent), OC1 (off), OC2 (on), PHOTO and SCAN; ``/FORM<…>`` is a form."""
    inner = FORM.search(content)
    stream = FORM.sub("/INNER Do", content).encode()
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [4 0 R 5 0 R] /D << /OFF [4 0 R] >> >> >>",
            b"<< /Type /Pages /Count 1 /Kids [6 0 R] /MediaBox [0 0 595 842] >>",
            FONT,
            b"<< /Type /OCG /Name (off) >>",
            b"<< /Type /OCG /Name (on) >>",
            b"<< /Type /Page /Parent 2 0 R /Contents 7 0 R /Resources << /Font << /F1 3 0 R >> "
            b"/ExtGState << /G0 << /ca 0 /CA 0 >> >> /Properties << /OC1 4 0 R /OC2 5 0 R >> "
            b"/XObject << /PHOTO 8 0 R /SCAN 9 0 R /INNER 10 0 R >> >> >>",
            _stream(b"", stream),
            _stream(_picture(49, 49), PHOTO),
            _stream(_picture(120, 120), SCAN),
            _stream(
                b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> ",
                inner[1].encode() if inner else b"",
            ),
        ]
    )


def _picture(wide: int, high: int) -> bytes:
    return b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 " % (
        wide,
        high,
    )


def _stream(keys: bytes, content: bytes) -> bytes:
    return b"<< %s/Length %d >>\nstream\n%s\nendstream" % (keys, len(content), content)
