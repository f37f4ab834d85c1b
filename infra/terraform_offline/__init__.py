"""Checks Terraform code against the AWS provider's schema, where no provider can be had."""
