"""Parts of `pipeline.weights.add`: downloads, speed, and the int8 version of an added model."""
