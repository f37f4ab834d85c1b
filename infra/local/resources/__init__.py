"""The resources of the account, made from the same sources as on AWS.

Every function here may run again on an account that has its resources already.
"""
