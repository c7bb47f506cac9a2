"""Makes the picture goldens of package preprocess with Pillow.

    tools/oracle/run pictures.py

decode/NAME is a picture file, decode/NAME.want.png what Pillow sees in it, upright and
over white. resize/NAME.png is resized to resize/NAME.FILTER.WIDTHxHEIGHT.want.png.
crop/NAME.png becomes crop/NAME.FILTER.SIZE.want.png: shorter side to SIZE + 32, centre.
"""

import pathlib
import struct
import sys
import zlib

import numpy as np
from PIL import Image, ImageOps

FILTERS = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}


def scene(width, height, channels=3, top=255):
    """Slopes, a disc, a bar and some noise: edges as well as smooth areas."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    disc = (x - width * 0.6) ** 2 + (y - height * 0.4) ** 2 < (min(width, height) * 0.25) ** 2
    bar = (x > width * 0.15) & (x < width * 0.25)
    noise = (np.arange(width * height, dtype=np.uint64) * np.uint64(2654435761) % np.uint64(2**32)).reshape(height, width) / 2**32
    planes = []
    for c in range(channels):
        plane = (x / width * (c + 1) + y / height * (channels - c)) / (channels + 1)
        plane = np.where(disc, (0.9, 0.1, 0.3, 0.5)[c], plane)
        plane = np.where(bar, (0.1, 0.2, 0.9, 0.7)[c], plane)
        planes.append(plane * 0.9 + noise * 0.1)
    values = (np.stack(planes, axis=-1) * top).round()
    return values.astype(np.uint16 if top > 255 else np.uint8)


def photo(width=45, height=35):
    return Image.fromarray(scene(width, height))


def alpha(width=45, height=35):
    plane = Image.linear_gradient("L").resize((width, height))
    plane.paste(0, (5, 5, 15, 12))
    plane.paste(255, (20, 20, 40, 30))
    return plane


def with_alpha(image):
    image = image.copy()
    image.putalpha(alpha(*image.size))
    return image


def orientation(value):
    exif = Image.Exif()
    exif[0x0112] = value
    return exif


def over_white(image):
    """As a browser shows it: upright, transparent parts white."""
    image = ImageOps.exif_transpose(image)
    if image.mode == "I;16":  # convert would make everything above 255 white
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        return white
    return image.convert("RGB")


def ycck(path):
    """Pillow writes CMYK only; the planes of YCCK go in as CMYK, then the marker is changed."""
    y, cb, cr = photo().convert("YCbCr").split()
    k = Image.fromarray(255 - scene(45, 35, 4)[..., 3] // 2)
    planes = [ImageOps.invert(p) for p in (y, cb, cr, k)]  # CMYK is stored inverted
    Image.merge("CMYK", planes).save(path, quality=92, subsampling=0)
    data = path.read_bytes()
    at = data.index(b"Adobe") + 11
    path.write_bytes(data[:at] + b"\x02" + data[at + 1 :])


def rgb16(path):
    """A 16-bit RGB PNG, which Pillow reads but does not write."""
    values = scene(19, 13, top=65535)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 19, 13, 16, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def decode(out):
    out.mkdir(parents=True, exist_ok=True)
    image = photo()

    def save(name, source, **options):
        source.save(out / name, **options)

    for value in range(1, 9):
        save(f"orientation{value}.jpg", image, quality=95, subsampling=0, exif=orientation(value))
    for name, subsampling in {"444": 0, "422": 1, "420": 2}.items():
        save(f"chroma{name}.jpg", image, quality=92, subsampling=subsampling)
    save("chroma420-progressive.jpg", photo(64, 49), quality=85, progressive=True, subsampling=2)
    save("chroma420-narrow.jpg", photo(3, 20), quality=92, subsampling=2)
    save("chroma420-dot.jpg", photo(1, 1), quality=92, subsampling=2)
    save("rgb.jpg", image, quality=92, keep_rgb=True)
    save("grey.jpg", image.convert("L"), quality=92)
    save("cmyk.jpg", Image.fromarray(scene(45, 35, 4), "CMYK"), quality=92)
    ycck(out / "ycck.jpg")

    save("rgb.png", image)
    save("rgba.png", with_alpha(image))
    save("grey.png", image.convert("L"))
    save("grey-alpha.png", with_alpha(image.convert("L")))
    save("bits1.png", image.convert("1"))
    save("palette.png", image.quantize(50))
    save("palette-transparent.png", image.quantize(50), transparency=bytes(range(0, 250, 5)))
    save("colour-key.png", image.quantize(4).convert("RGB"), transparency=image.quantize(4).convert("RGB").getpixel((0, 0)))
    save("grey16.png", Image.fromarray(scene(19, 13, top=65535)[..., 0].copy()))
    rgb16(out / "rgb16.png")
    save("orientation6.png", image, exif=orientation(6))

    save("palette.gif", image.quantize(60))
    transparent = image.quantize(60)
    save("transparent.gif", transparent, transparency=transparent.getpixel((0, 0)))
    save("animated.gif", image.quantize(60), save_all=True, append_images=[ImageOps.invert(image).quantize(60)])

    save("lossy.webp", image, quality=90)
    save("lossy-even.webp", photo(32, 24), quality=80)
    save("lossy-alpha.webp", with_alpha(image), quality=90)
    save("lossless.webp", image, lossless=True)
    save("lossless-alpha.webp", with_alpha(image), lossless=True, exact=True)
    save("orientation8.webp", image, quality=90, exif=orientation(8))

    save("rgb.bmp", image)
    save("palette.bmp", image.quantize(50))
    save("grey.bmp", image.convert("L"))

    save("rgb.tif", image)
    save("lzw.tif", image, compression="tiff_lzw")
    save("deflate.tif", image, compression="tiff_adobe_deflate")
    save("rgba.tif", with_alpha(image))
    save("grey.tif", image.convert("L"))
    save("bits1.tif", image.convert("1"))
    save("orientation5.tif", image, tiffinfo={0x0112: 5})

    for path in sorted(out.iterdir()):
        if not path.name.endswith(".want.png"):
            with Image.open(path) as opened:
                over_white(opened).save(f"{path}.want.png", optimize=True)


def resize(out):
    out.mkdir(parents=True, exist_ok=True)
    sizes = {
        (61, 47): [(20, 15), (7, 50), (90, 70), (61, 10), (30, 47), (128, 3), (1, 1), (60, 48)],
        (2, 3): [(5, 7), (1, 1), (2, 9)],
        (1, 1): [(4, 3)],
        (300, 5): [(7, 5), (11, 2)],
    }
    for (width, height), targets in sizes.items():
        source = photo(width, height)
        source.save(out / f"{width}x{height}.png", optimize=True)
        for name, rule in FILTERS.items():
            for target in targets:
                made = source.resize(target, rule)
                made.save(out / f"{width}x{height}.{name}.{target[0]}x{target[1]}.want.png", optimize=True)


def crop(out):
    out.mkdir(parents=True, exist_ok=True)
    for width, height in [(131, 97), (40, 90), (72, 72), (30, 200)]:
        source = photo(width, height)
        source.save(out / f"{width}x{height}.png", optimize=True)
        for name, rule in FILTERS.items():
            size = 40
            short = min(width, height)
            scaled = [(side * (size + 32) * 2 + short) // (2 * short) for side in (width, height)]
            left, top = [(side - size) // 2 for side in scaled]
            made = source.resize(scaled, rule).crop((left, top, left + size, top + size))
            made.save(out / f"{width}x{height}.{name}.{size}.want.png", optimize=True)


def main(out):
    out = pathlib.Path(out)
    decode(out / "decode")
    resize(out / "resize")
    crop(out / "crop")


if __name__ == "__main__":
    main(*sys.argv[1:])
