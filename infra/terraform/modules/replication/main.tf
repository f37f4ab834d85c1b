# Copies objects between buckets of two regions. S3 does not copy copies back.

locals {
  from = concat([var.first], var.both_ways ? [var.second] : [])
  to   = concat([var.second], var.both_ways ? [var.first] : [])
  ways = { for place, from in local.from : from.region => { from = from, to = local.to[place] } }
}

resource "aws_iam_role" "this" {
  name = "${var.name}-replication"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "replicate"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
        Resource = local.from[*].arn
      },
      {
        Effect   = "Allow"
        Action   = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
        Resource = [for it in local.from : "${it.arn}/${var.prefix}*"]
      },
      {
        Effect   = "Allow"
        Action   = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
        Resource = [for it in local.to : "${it.arn}/${var.prefix}*"]
      },
    ]
  })
}

resource "aws_s3_bucket_replication_configuration" "this" {
  for_each = local.ways

  region = each.key
  bucket = each.value.from.name
  role   = aws_iam_role.this.arn

  rule {
    id     = "all"
    status = "Enabled"

    filter {
      prefix = var.prefix
    }

    # A deleted object is hidden in both regions, and its versions go a day later.
    delete_marker_replication {
      status = "Enabled"
    }

    destination {
      bucket = each.value.to.arn
    }
  }
}
