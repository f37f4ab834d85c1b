mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  name = "spotter-test"
}

run "failover" {
  command = plan

  module {
    source = "./modules/failover"
  }

  variables {
    hosts            = { us-east-1 = "us-east-1.api.spotter.example", eu-west-1 = "eu-west-1.api.spotter.example" }
    page_host        = "spotter.example"
    alarm_topic_arns = { us-east-1 = "arn:aws:sns:us-east-1:123456789012:first", eu-west-1 = "arn:aws:sns:eu-west-1:123456789012:second" }
  }

  assert {
    condition     = alltrue([for region, it in aws_route53_health_check.api : it.fqdn == "${region}.api.spotter.example" && it.resource_path == "/v1/health" && it.request_interval == 10 && it.failure_threshold == 3])
    error_message = "Route 53 must ask each region's own host, and three failures in a row must decide."
  }

  assert {
    condition     = alltrue([for region, it in aws_route53_health_check.not_evacuated : it.resource_path == "/evacuate/${region}.json" && it.invert_healthcheck && it.fqdn == "spotter.example"])
    error_message = "A file on the page must keep callers away from a region, and a missing one must not."
  }

  assert {
    condition     = alltrue([for it in aws_route53_health_check.region : it.type == "CALCULATED" && it.child_health_threshold == 2])
    error_message = "A region gets callers only if it answers and is not evacuated."
  }

  assert {
    condition     = alltrue([for region, it in aws_cloudwatch_metric_alarm.peer_down : it.region == region && it.alarm_actions == toset([var.alarm_topic_arns[region]])])
    error_message = "Each region must tell operators by its own topic, because the other one may be away."
  }
}

run "pictures" {
  command = plan

  module {
    source = "./modules/replication"
  }

  variables {
    account_id = "123456789012"
    first      = { region = "us-east-1", name = "first", arn = "arn:aws:s3:::first" }
    second     = { region = "eu-west-1", name = "second", arn = "arn:aws:s3:::second" }
    prefix     = "images/"
    both_ways  = true
  }

  assert {
    condition     = { for region, it in aws_s3_bucket_replication_configuration.this : "${region} ${it.bucket}" => one(it.rule[0].destination).bucket } == { "us-east-1 first" = "arn:aws:s3:::second", "eu-west-1 second" = "arn:aws:s3:::first" }
    error_message = "Each bucket must be copied to the other one."
  }

  assert {
    condition     = alltrue([for it in aws_s3_bucket_replication_configuration.this : one(it.rule[0].delete_marker_replication).status == "Enabled" && one(it.rule[0].filter).prefix == "images/"])
    error_message = "A deletion must follow, and forms and exports must not be copied."
  }

  assert {
    condition     = alltrue(flatten([for it in jsondecode(aws_iam_role_policy.this.policy).Statement : [for arn in it.Resource : startswith(arn, "arn:aws:s3:::first") || startswith(arn, "arn:aws:s3:::second")]]))
    error_message = "The role must be allowed these two buckets only."
  }
}

run "one_way" {
  command = plan

  module {
    source = "./modules/replication"
  }

  variables {
    account_id = "123456789012"
    first      = { region = "us-east-1", name = "first", arn = "arn:aws:s3:::first" }
    second     = { region = "eu-west-1", name = "second", arn = "arn:aws:s3:::second" }
    both_ways  = false
  }

  assert {
    condition     = keys(aws_s3_bucket_replication_configuration.this) == ["us-east-1"] && !strcontains(aws_iam_role_policy.this.policy, "arn:aws:s3:::first/*\",\"arn:aws:s3:::second/*")
    error_message = "Nothing must be copied back."
  }
}

run "replicated_storage" {
  command = plan

  module {
    source = "./modules/storage"
  }

  variables {
    here           = { account_id = "123456789012", region = "eu-west-1" }
    retention_days = 30
    spa_origin     = "https://spotter.example"
    force_destroy  = false
    replicated     = true
  }

  assert {
    condition     = output.images.name == "spotter-test-images-123456789012"
    error_message = "The bucket must have the name that other modules build."
  }
}
