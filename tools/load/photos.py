"""Creates photos of known sizes from the demo photos."""

from pathlib import Path

import cv2
import numpy as np

from infra.local.demo.show import find_demo_photos

MEGAPIXELS = (0.1, 0.5, 1, 2, 4, 8, 12)
QUALITY = 85
COSTLY_SIDE = 7_000


def build_photos(folder: Path) -> list[Path]:
    """Write a JPEG of each size; the file name states the size."""
    demo = [cv2.imread(str(path)) for path in find_demo_photos()]
    photos = []
    for number, megapixels in enumerate(MEGAPIXELS):
        image = demo[number % len(demo)]
        assert image is not None
        scale = (megapixels * 1e6 / (image.shape[0] * image.shape[1])) ** 0.5
        # Noise, because an enlarged photo is smooth and smaller than one of a camera.
        enlarged = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        noise = np.random.default_rng(number).integers(-4, 5, enlarged.shape, np.int16)
        noisy = np.clip(enlarged + noise, 0, 255).astype(np.uint8)
        photos.append(folder / f"{megapixels:g}mp.jpg")
        cv2.imwrite(str(photos[-1]), noisy, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return photos


def build_costly_photo(folder: Path) -> Path:
    """Write a picture that takes as much work to open as we accept: progressive, 49 megapixels."""
    path = folder / "costly.jpg"
    image = np.zeros((COSTLY_SIDE, COSTLY_SIDE, 3), np.uint8)
    cv2.rectangle(image, (500, 500), (6000, 6000), (40, 90, 200), -1)
    cv2.imwrite(str(path), image, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])
    return path
