"""Image recognition: bytes in, labels out. Knows nothing of AWS, tasks or queues."""

import os

from pipeline.core.images import MAX_PIXELS

# The second wall against decompression bombs. OpenCV reads it once, when cv2 is first imported,
# which is why it stands here, before every module that imports cv2.
os.environ["OPENCV_IO_MAX_IMAGE_PIXELS"] = str(MAX_PIXELS)
