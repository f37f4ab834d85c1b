"""Image recognition: bytes in, labels out. It does not use AWS, tasks or queues."""

import os

from pipeline.core.images import MAX_PIXELS

# A second limit against decompression bombs. OpenCV reads it only once, when cv2 is imported, so
# it is set before any module here imports cv2.
os.environ["OPENCV_IO_MAX_IMAGE_PIXELS"] = str(MAX_PIXELS)
