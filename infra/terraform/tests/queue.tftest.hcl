mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  name                       = "tasks"
  visibility_timeout_seconds = 60
  max_receive_count          = 5
  start_seconds              = 0

  alarms = {
    depth        = { threshold = 100, period_seconds = 60, periods = 1 }
    age          = { threshold = 120, period_seconds = 60, periods = 3 }
    dead_letters = { threshold = 0, period_seconds = 60, periods = 1 }
  }

  alarm_topic_arn = "arn:aws:sns:us-east-1:123456789012:alarms"
}

run "queue" {
  command = plan

  module {
    source = "./modules/queue"
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.this.redrive_policy).maxReceiveCount == 5
    error_message = "A message must be received at most five times."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.this.redrive_policy).deadLetterTargetArn == aws_sqs_queue.dead_letter.arn
    error_message = "A message that used up its receives must move to the dead-letter queue."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_redrive_allow_policy.dead_letter.redrive_allow_policy).redrivePermission == "byQueue"
    error_message = "No other queue may use our dead-letter queue."
  }

  assert {
    condition     = aws_sqs_queue.this.visibility_timeout_seconds == 60 && aws_sqs_queue.this.receive_wait_time_seconds == 20
    error_message = "Visibility timeout and long polling must be those that the worker expects."
  }

  assert {
    condition     = aws_sqs_queue.dead_letter.message_retention_seconds > aws_sqs_queue.this.message_retention_seconds
    error_message = "The dead-letter queue must keep messages longer, because a dead letter keeps its age."
  }

  assert {
    condition     = aws_sqs_queue.this.sqs_managed_sse_enabled && aws_sqs_queue.dead_letter.sqs_managed_sse_enabled
    error_message = "Both queues must be encrypted."
  }

  assert {
    condition = alltrue([for it in aws_sqs_queue_policy.tls_only :
    jsondecode(it.policy).Statement[0].Effect == "Deny" && jsondecode(it.policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"])
    error_message = "Both queues must refuse plain HTTP."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["depth"].metric_name == "ApproximateNumberOfMessagesVisible"
      && aws_cloudwatch_metric_alarm.this["depth"].dimensions.QueueName == "tasks"
      && aws_cloudwatch_metric_alarm.this["depth"].comparison_operator == "GreaterThanThreshold"
      && aws_cloudwatch_metric_alarm.this["depth"].threshold == 100
      && aws_cloudwatch_metric_alarm.this["depth"].alarm_actions == toset([var.alarm_topic_arn])
    )
    error_message = "More than 100 waiting messages must raise an alarm."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["age"].metric_name == "ApproximateAgeOfOldestMessage"
      && aws_cloudwatch_metric_alarm.this["age"].threshold == 120
      && aws_cloudwatch_metric_alarm.this["age"].evaluation_periods == 3
      && aws_cloudwatch_metric_alarm.this["age"].period == 60
    )
    error_message = "A picture that waits for minutes must raise an alarm."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["dead_letters"].dimensions.QueueName == "tasks-dlq" && aws_cloudwatch_metric_alarm.this["dead_letters"].threshold == 0
    error_message = "The first dead letter must raise an alarm."
  }
}

run "rejects_a_single_receive" {
  command = plan

  module {
    source = "./modules/queue"
  }

  variables {
    max_receive_count = 1
  }

  expect_failures = [var.max_receive_count]
}

run "of_a_fleet_that_sleeps" {
  command = plan

  module {
    source = "./modules/queue"
  }

  variables {
    start_seconds = 156
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["age"].threshold == 276 && aws_cloudwatch_metric_alarm.this["depth"].threshold == 100
    error_message = "The alarm must allow for the start of a worker and 120 s more."
  }
}
