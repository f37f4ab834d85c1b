# The DynamoDB tables. contract.json is generated from PynamoDB's models.

locals {
  # Replicas follow a stream of the whole items.
  replicas = { for key, table in var.tables : key => table.regional ? [] : var.replica_regions }
}

resource "aws_dynamodb_table" "this" {
  for_each = var.tables

  name                        = "${var.name}-${each.key}"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = each.value.hash_key
  range_key                   = each.value.range_key
  deletion_protection_enabled = var.deletion_protection

  stream_enabled   = each.value.stream != null || length(local.replicas[each.key]) > 0
  stream_view_type = length(local.replicas[each.key]) > 0 ? "NEW_AND_OLD_IMAGES" : each.value.stream

  dynamic "attribute" {
    for_each = each.value.attributes

    content {
      name = attribute.key
      type = attribute.value
    }
  }

  dynamic "global_secondary_index" {
    for_each = each.value.indexes

    content {
      name               = global_secondary_index.key
      projection_type    = global_secondary_index.value.projection
      non_key_attributes = global_secondary_index.value.non_key_attributes

      dynamic "key_schema" {
        for_each = global_secondary_index.value.keys

        content {
          attribute_name = key_schema.value.name
          key_type       = key_schema.value.type
        }
      }
    }
  }

  dynamic "replica" {
    for_each = toset(local.replicas[each.key])

    content {
      region_name                 = replica.key
      consistency_mode            = var.consistency
      point_in_time_recovery      = true
      deletion_protection_enabled = var.deletion_protection
      propagate_tags              = true
    }
  }

  dynamic "global_table_witness" {
    for_each = length(local.replicas[each.key]) > 0 ? var.witness_region[*] : []

    content {
      region_name = global_table_witness.value
    }
  }

  dynamic "ttl" {
    # AWS deletes nothing from strongly consistent tables by itself.
    for_each = var.consistency == "STRONG" && length(local.replicas[each.key]) > 0 ? [] : each.value.ttl[*]

    content {
      attribute_name = ttl.value
      enabled        = true
    }
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true # With the account's aws/dynamodb key. CloudTrail records its use
  }
}

resource "aws_dynamodb_resource_policy" "tls_only" {
  for_each = aws_dynamodb_table.this

  resource_arn = each.value.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "dynamodb:*"
      Resource  = [each.value.arn, "${each.value.arn}/index/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
