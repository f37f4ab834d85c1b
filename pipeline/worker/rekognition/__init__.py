"""Asks Amazon Rekognition instead of our own networks, within a budget.

`second_opinion` decides and falls back; `picture` chooses what is sent; `client` calls;
`names` brings the answer to our vocabulary.
"""
