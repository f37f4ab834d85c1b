"""Set-up time only: weights from their packages to checked ONNX files, and the label tables."""
