"""Small landscapes, drawn by code: a sky, a sun and two hills, in colours that follow from a word."""

import math
import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache

WIDTH, HEIGHT = 600, 314
_SKY, _SUN, _BACK, _FRONT = range(48), 48, 49, 50
_WARM = 48  # the hue of every sun


@lru_cache(maxsize=32)
def png(word: str) -> bytes:
    """The picture of `word`: always the same one."""
    seed = zlib.crc32(word.encode())
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)  # 8 bits per pixel, from a palette
    pixels = b"".join(b"\x00" + row for row in _rows(seed))
    chunks = (b"IHDR", header), (b"PLTE", _palette(seed)), (b"IDAT", zlib.compress(pixels, 6)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _palette(seed: int) -> bytes:
    hue = seed % 360
    sky = [_colour(hue + step / 2, 0.45, 0.55 + step / 140) for step in _SKY]
    rest = [_colour(_WARM, 0.85, 0.8), _colour(hue + 100, 0.35, 0.45), _colour(hue + 120, 0.4, 0.32)]
    return b"".join(sky + rest)


def _colour(hue: float, saturation: float, lightness: float) -> bytes:
    import colorsys

    return bytes(round(255 * part) for part in colorsys.hls_to_rgb(hue % 360 / 360, lightness, saturation))


def _rows(seed: int) -> Iterator[bytes]:
    sun_x, sun_y, radius = 80 + seed // 7 % 440, 60 + seed // 11 % 70, 34
    back = [_hill(x, 170, 30, 0.011, seed) for x in range(WIDTH)]
    front = [_hill(x, 225, 38, 0.008, seed // 3) for x in range(WIDTH)]
    for y in range(HEIGHT):
        row = bytearray([min(47, y * 48 // 250)] * WIDTH)
        reach = math.isqrt(max(0, radius**2 - (y - sun_y) ** 2))
        row[sun_x - reach : sun_x + reach] = bytes([_SUN]) * (2 * reach)
        for x in range(WIDTH):
            if y > front[x]:
                row[x] = _FRONT
            elif y > back[x]:
                row[x] = _BACK
        yield bytes(row)


def _hill(x: int, level: int, height: int, pace: float, seed: int) -> float:
    return level - height * math.sin(x * pace + seed % 628 / 100) - height / 3 * math.sin(x * pace * 2.7)
