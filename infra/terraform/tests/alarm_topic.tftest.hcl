mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  here    = { account_id = "123456789012", region = "us-east-1" }
  name    = "spotter-test"
  own_key = true
  emails  = ["operators@example.com"]
}

run "alarm_topic" {
  command = plan

  module {
    source = "./modules/alarm_topic"
  }

  assert {
    condition     = aws_sns_topic.this.kms_master_key_id == aws_kms_key.this[0].arn && aws_kms_key.this[0].enable_key_rotation
    error_message = "The topic must be encrypted with a key that rotates."
  }

  assert {
    condition     = anytrue([for it in jsondecode(aws_kms_key.this[0].policy).Statement : try(contains(it.Principal.Service, "cloudwatch.amazonaws.com") && contains(it.Action, "kms:GenerateDataKey"), false)])
    error_message = "CloudWatch must be allowed to use the key. Otherwise it cannot publish, and nobody notices."
  }

  assert {
    condition     = anytrue([for it in jsondecode(aws_sns_topic_policy.this.policy).Statement : it.Effect == "Deny" && try(it.Condition.Bool["aws:SecureTransport"], "") == "false"])
    error_message = "Plain HTTP must be refused."
  }

  assert {
    condition     = keys(aws_sns_topic_subscription.email) == ["operators@example.com"]
    error_message = "The topic must have subscribers."
  }
}

run "rejects_alarms_for_nobody" {
  command = plan

  module {
    source = "./modules/alarm_topic"
  }

  variables {
    own_key = true
    emails  = []
  }

  expect_failures = [var.emails]
}

run "without_a_key" {
  command = plan

  module {
    source = "./modules/alarm_topic"
  }

  variables {
    own_key = false
  }

  assert {
    condition     = length(aws_kms_key.this) == 0 && aws_sns_topic.this.kms_master_key_id == null
    error_message = "CloudWatch cannot publish to a topic under SNS's default key, so there must be no key."
  }
}
