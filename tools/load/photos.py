"""Creates photos of known sizes from the demo photos."""

from pathlib import Path

import cv2
import numpy as np

from infra.local.demo.show import find_demo_photos

MEGAPIXELS = (0.1, 0.5, 1, 2, 4, 8, 12)
QUALITY = 85


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
