"""The resources of the local account, created from the same sources as on AWS.

Every function here can run again on an account that has the resources already.
"""
