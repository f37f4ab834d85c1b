mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  here           = { account_id = "123456789012", region = "us-east-1" }
  name           = "spotter-test"
  retention_days = 30
  spa_origin     = "https://spotter.example"
  force_destroy  = false
}

run "bucket" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    versioned   = false
    expire_days = 30
    log_bucket  = "logs"
  }

  assert {
    condition = (
      aws_s3_bucket_public_access_block.this.block_public_acls
      && aws_s3_bucket_public_access_block.this.block_public_policy
      && aws_s3_bucket_public_access_block.this.ignore_public_acls
      && aws_s3_bucket_public_access_block.this.restrict_public_buckets
    )
    error_message = "Nothing in a bucket may be public."
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "The bucket must use AES256, as the presigned forms do."
  }

  assert {
    condition = anytrue([for it in jsondecode(aws_s3_bucket_policy.this.policy).Statement :
    it.Effect == "Deny" && it.Action == "s3:*" && it.Principal == "*" && try(it.Condition.Bool["aws:SecureTransport"], "") == "false"])
    error_message = "Plain HTTP must be refused."
  }

  assert {
    condition     = one(aws_s3_bucket_lifecycle_configuration.this.rule[0].expiration).days == 30
    error_message = "Objects must expire."
  }

  assert {
    condition     = aws_s3_bucket_logging.this[0].target_bucket == "logs"
    error_message = "Access must be logged."
  }
}

run "storage" {
  command = plan

  module {
    source = "./modules/storage"
  }

  assert {
    condition     = one(aws_s3_bucket_cors_configuration.images.cors_rule).allowed_origins == toset(["https://spotter.example"])
    error_message = "CORS must allow our page only."
  }

  assert {
    condition     = output.images.name == "spotter-test-images-123456789012"
    error_message = "The bucket must have the name that other modules build."
  }

  assert {
    condition     = startswith(aws_s3_object.before_first_deploy.content_base64, "UEsDB")
    error_message = "The placeholder of the functions' package must be a zip archive."
  }
}

run "tables" {
  command = plan

  module {
    source = "./modules/tables"
  }

  variables {
    deletion_protection = true

    tables = {
      tasks = {
        hash_key   = "task_id"
        ttl        = "expires_at"
        attributes = { task_id = "S", owner_id = "S", created_at = "S" }

        indexes = {
          by_owner = {
            keys       = [{ name = "owner_id", type = "HASH" }, { name = "created_at", type = "RANGE" }]
            projection = "ALL"
          }
        }
      }
    }
  }

  assert {
    condition = (
      aws_dynamodb_table.this["tasks"].billing_mode == "PAY_PER_REQUEST"
      && one(aws_dynamodb_table.this["tasks"].server_side_encryption).enabled
      && one(aws_dynamodb_table.this["tasks"].point_in_time_recovery).enabled
      && aws_dynamodb_table.this["tasks"].deletion_protection_enabled
    )
    error_message = "Tables must be on demand, encrypted, recoverable and protected."
  }

  assert {
    condition     = one(aws_dynamodb_table.this["tasks"].ttl).enabled && one(aws_dynamodb_table.this["tasks"].ttl).attribute_name == "expires_at"
    error_message = "Tasks must have a time to live."
  }

  assert {
    condition     = one(aws_dynamodb_table.this["tasks"].global_secondary_index).key_schema[0].attribute_name == "owner_id"
    error_message = "The hash key of an index must come first."
  }
}
