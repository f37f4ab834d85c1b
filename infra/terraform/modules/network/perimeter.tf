# The requests that the endpoints let through. A worker that hostile bytes took over could bring credentials of its
# own and send pictures to another account; no rule of our role would stop it.

locals {
  own_principals = { "aws:PrincipalAccount" = var.here.account_id }
  own_resources  = merge(local.own_principals, { "aws:ResourceAccount" = var.here.account_id })

  endpoint_policies = {
    for service in setunion(local.services, ["s3", "dynamodb"]) : service => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [{
          Sid       = "OwnAccount"
          Effect    = "Allow"
          Principal = "*"
          Action    = "*"
          Resource  = "*"
          # Not every action of the other services has a resource
          Condition = { StringEquals = contains(["s3", "dynamodb", "sqs", "logs"], service) ? local.own_resources : local.own_principals }
        }],
        # Packages of Amazon Linux, which AWS keeps in buckets of its own
        service == "s3" ? [{
          Sid       = "OperatingSystem"
          Effect    = "Allow"
          Principal = "*"
          Action    = "s3:GetObject"
          Resource  = "arn:aws:s3:::al2023-repos-${var.here.region}-*/*"
        }] : [],
      )
    })
  }
}
