"""Models that operators add: a folder with `model.toml`, an ONNX file and a sample picture.

`manifest` reads the TOML file, `picture` prepares the network's input, `families` reads its
outputs, `model` checks and runs one model, and `catalog` loads all of a folder.
"""
