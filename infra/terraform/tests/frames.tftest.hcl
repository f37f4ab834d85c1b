mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  name            = "spotter-test"
  egress          = "ipv6"
  alarm_topic_arn = "arn:aws:sns:us-east-1:123456789012:alarms"
}

run "frames" {
  command = plan

  module {
    source = "./modules/frames"
  }

  assert {
    condition     = aws_kinesis_stream.this.encryption_type == "KMS" && one(aws_kinesis_stream.this.stream_mode_details).stream_mode == "ON_DEMAND" && aws_kinesis_stream.this.retention_period == 24
    error_message = "Frames must be encrypted, kept as short as Kinesis allows, and need no planned capacity."
  }

  assert {
    condition = alltrue([
      for alarm in [aws_cloudwatch_metric_alarm.age, aws_cloudwatch_metric_alarm.throttled, aws_cloudwatch_metric_alarm.dropped] :
      alarm.alarm_actions == toset([var.alarm_topic_arn]) && can(regex("Runbook: docs/runbooks/frames-[a-z]+\\.md$", alarm.alarm_description))
    ])
    error_message = "Each alarm must reach the operators and name its runbook."
  }
}

run "workers_that_reach_no_socket_cannot_answer_frames" {
  command = plan

  module {
    source = "./modules/frames"
  }

  variables {
    egress = "endpoints"
  }

  expect_failures = [aws_kinesis_stream.this]
}
