mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  name                = "spotter-test"
  function            = { name = "spotter-test-write_export", arn = "arn:aws:lambda:us-east-1:123456789012:function:write_export", role_name = "write_export" }
  steps               = { queue = "exports", timeout_seconds = 60, visibility_seconds = 90, max_receives = 6, max_concurrency = 4 }
  text                = "A user's export could not be written."
  detailed_monitoring = true
  alarm_topic_arn     = "arn:aws:sns:us-east-1:123456789012:alarms"
}

run "steps" {
  command = plan

  module {
    source = "./modules/steps"
  }

  assert {
    condition = (
      jsondecode(aws_sqs_queue.this.redrive_policy).maxReceiveCount == 6
      && jsondecode(aws_sqs_queue.this.redrive_policy).deadLetterTargetArn == aws_sqs_queue.failed.arn
      && jsondecode(aws_sqs_queue_redrive_allow_policy.failed.redrive_allow_policy).redrivePermission == "byQueue"
    )
    error_message = "A message that failed six times must move to the queue of failures, which no other queue may use."
  }

  assert {
    condition     = aws_sqs_queue.failed.message_retention_seconds > aws_sqs_queue.this.message_retention_seconds
    error_message = "The queue of failures must keep messages longer, because a message keeps its age."
  }

  assert {
    condition     = aws_sqs_queue.this.sqs_managed_sse_enabled && aws_sqs_queue.failed.sqs_managed_sse_enabled
    error_message = "Both queues must be encrypted."
  }

  assert {
    condition = alltrue([for it in aws_sqs_queue_policy.tls_only :
    jsondecode(it.policy).Statement[0].Effect == "Deny" && jsondecode(it.policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"])
    error_message = "Both queues must refuse plain HTTP."
  }

  assert {
    condition = (
      aws_lambda_event_source_mapping.this.batch_size == 1
      && one(aws_lambda_event_source_mapping.this.scaling_config).maximum_concurrency == 4
      && aws_sqs_queue.this.visibility_timeout_seconds == 90
    )
    error_message = "A call must get one message, which stays hidden while it runs, and few calls may run at once."
  }

  assert {
    condition     = aws_lambda_function_recursion_config.this.recursive_loop == "Allow"
    error_message = "The function must be allowed to send its own message again, or Lambda ends long work after 16 calls."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.this.policy).Statement[0].Resource == aws_sqs_queue.this.arn
    error_message = "The function may read its own queue only."
  }

  assert {
    condition = (
      one(aws_cloudwatch_metric_alarm.failed).dimensions.QueueName == "spotter-test-exports-failed"
      && one(aws_cloudwatch_metric_alarm.failed).threshold == 0
      && one(aws_cloudwatch_metric_alarm.failed).alarm_actions == toset([var.alarm_topic_arn])
      && strcontains(one(aws_cloudwatch_metric_alarm.failed).alarm_description, "docs/runbooks/exports.md")
    )
    error_message = "The first message that is given up must raise an alarm that names its runbook."
  }
}

run "rejects_messages_that_come_back_too_early" {
  command = plan

  module {
    source = "./modules/steps"
  }

  variables {
    steps = { queue = "exports", timeout_seconds = 60, visibility_seconds = 60, max_receives = 6, max_concurrency = 4 }
  }

  expect_failures = [var.steps]
}

run "few_alarms" {
  command = plan

  module {
    source = "./modules/steps"
  }

  variables {
    detailed_monitoring = false
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.failed) == 0
    error_message = "Each alarm costs money, so a small environment has none of its own."
  }
}
