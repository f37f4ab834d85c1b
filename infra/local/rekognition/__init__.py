"""A stand-in for Amazon Rekognition on this machine.

It speaks Rekognition's protocol (JSON 1.1) for the calls that the worker makes, checks each request
as AWS describes it, refuses what Rekognition refuses, and lets our own networks answer. ministack
has no Rekognition, and moto's answers every picture with the same label.
"""
