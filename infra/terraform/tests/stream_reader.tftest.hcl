mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  name                = "spotter-test"
  function            = { function = "index_words", name = "spotter-test-index_words", arn = "arn:aws:lambda:us-east-1:123456789012:function:index_words", role_name = "index_words" }
  stream_arn          = "arn:aws:dynamodb:us-east-1:123456789012:table/tasks/stream/1"
  reading             = { filters = ["{}", "[]"], starting_position = "TRIM_HORIZON", batch_size = 25, max_retries = 10, max_age_seconds = 3600, failures = "failed-words" }
  runbook             = "search-index"
  detailed_monitoring = true
  alarm_topic_arn     = "arn:aws:sns:us-east-1:123456789012:alarms"
}

run "stream_reader" {
  command = plan

  module {
    source = "./modules/stream_reader"
  }

  assert {
    condition = (
      contains(aws_lambda_event_source_mapping.this.function_response_types, "ReportBatchItemFailures")
      && aws_lambda_event_source_mapping.this.bisect_batch_on_function_error
      && aws_lambda_event_source_mapping.this.maximum_retry_attempts == 10
      && aws_lambda_event_source_mapping.this.maximum_record_age_in_seconds == 3600
    )
    error_message = "One record that fails must hold up no other for long."
  }

  assert {
    condition     = length(one(aws_lambda_event_source_mapping.this.filter_criteria).filter) == 2
    error_message = "Only the records that the function asks for may start it."
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.this) == ["failed-words", "index-words-iterator-age"] && alltrue([for it in aws_cloudwatch_metric_alarm.this : strcontains(it.alarm_description, "docs/runbooks/search-index.md")])
    error_message = "Late and lost records must fire an alarm that names its runbook."
  }
}

run "few_alarms" {
  command = plan

  module {
    source = "./modules/stream_reader"
  }

  variables {
    detailed_monitoring = false
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 0
    error_message = "Each alarm costs money, so a small environment has none of its own."
  }
}
