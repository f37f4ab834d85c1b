mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  here                = { account_id = "123456789012", region = "us-east-1" }
  name                = "spotter-test"
  images              = { name = "images", arn = "arn:aws:s3:::images" }
  tasks_table         = { name = "tasks", arn = "arn:aws:dynamodb:us-east-1:123456789012:table/tasks" }
  connections_table   = { name = "connections", arn = "arn:aws:dynamodb:us-east-1:123456789012:table/connections" }
  streams_table       = { name = "streams", arn = "arn:aws:dynamodb:us-east-1:123456789012:table/streams" }
  frames_stream       = { arn = "arn:aws:kinesis:us-east-1:123456789012:stream/frames", offered = true }
  words_table         = { name = "words", arn = "arn:aws:dynamodb:us-east-1:123456789012:table/words" }
  exports_table       = { name = "exports", arn = "arn:aws:dynamodb:us-east-1:123456789012:table/exports" }
  exports_queue       = { url = "https://sqs.us-east-1.amazonaws.com/123456789012/exports", arn = "arn:aws:sqs:us-east-1:123456789012:exports" }
  webhooks_table      = { name = "webhooks", arn = "arn:aws:dynamodb:us-east-1:123456789012:table/webhooks" }
  deliveries_table    = { name = "deliveries", arn = "arn:aws:dynamodb:us-east-1:123456789012:table/deliveries" }
  webhooks_queue      = { url = "https://sqs.us-east-1.amazonaws.com/123456789012/webhooks", arn = "arn:aws:sqs:us-east-1:123456789012:webhooks" }
  mail                = { sender = "spotter@example.com", identity_arn = "arn:aws:ses:us-east-1:123456789012:identity/example.com" }
  erasures_queue      = { url = "https://sqs.us-east-1.amazonaws.com/123456789012/erasures", arn = "arn:aws:sqs:us-east-1:123456789012:erasures" }
  user_pool           = { arn = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_test", keys_client_id = "keys-client" }
  steps               = { write_export = { timeout_seconds = 60 }, erase_account = { timeout_seconds = 60 }, deliver = { timeout_seconds = 60 } }
  live                = { url = "wss://live.example/live", endpoint = "https://live.example/live", stage_arn = "arn:aws:execute-api:us-east-1:123456789012:abc/live" }
  task_queue          = { url = "https://sqs.us-east-1.amazonaws.com/123456789012/tasks", arn = "arn:aws:sqs:us-east-1:123456789012:tasks" }
  spa_origin          = "https://spotter.example"
  code                = { bucket = "artefacts", key = "lambdas/0123.zip" }
  detailed_monitoring = true
  start_seconds       = 0
  log_days            = 30
  alarm_topic_arn     = "arn:aws:sns:us-east-1:123456789012:alarms"

  paused_alarms = {
    for key in ["age", "completions", "depth"] : key => { name = key, arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:${key}" }
  }
}

run "function" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    function        = "get_result"
    description     = "A result"
    policy          = "{}"
    environment     = {}
    memory_mb       = 256
    timeout_seconds = 10
  }

  assert {
    condition = (
      aws_lambda_function.this.runtime == "python3.13"
      && aws_lambda_function.this.architectures == tolist(["arm64"])
      && aws_lambda_function.this.handler == "pipeline.lambdas.get_result.handler"
      && aws_lambda_function.this.s3_key == "lambdas/0123.zip"
    )
    error_message = "A function must run its module of the released package."
  }

  assert {
    condition     = one(aws_lambda_function.this.environment).variables["POWERTOOLS_SERVICE_NAME"] == "get_result"
    error_message = "Logs and metrics must name the function."
  }

  assert {
    condition     = one(aws_lambda_function.this.tracing_config).mode == "Active"
    error_message = "Requests must be traced."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.telemetry.policy).Statement[0].Resource == "arn:aws:logs:us-east-1:123456789012:log-group:mock:*"
    error_message = "A function must be allowed to write its own logs only."
  }

  assert {
    condition     = alltrue([for it in aws_cloudwatch_metric_alarm.this : it.alarm_actions == toset([var.alarm_topic_arn])]) && keys(aws_cloudwatch_metric_alarm.this) == ["Errors", "Throttles"]
    error_message = "Errors and throttles must raise alarms."
  }
}

run "function_without_alarms" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    function        = "get_result"
    description     = "A result"
    policy          = "{}"
    environment     = {}
    memory_mb       = 256
    timeout_seconds = 10
    own_alarms      = []
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 0
    error_message = "Alarms must be an option."
  }
}

run "functions" {
  command = plan

  module {
    source = "./modules/functions"
  }

  assert {
    condition     = length(output.functions) == 32
    error_message = "There must be functions for twenty kinds of routes, the writer of exports, the eraser of accounts, the sender to webhooks, the upload event, the sweep, the sign-up, the sign-in with a key, the spent budget, two readers of the tasks and two for sockets."
  }

  assert {
    condition = (
      one([for it in aws_cloudwatch_metric_alarm.errors.metric_query : it.expression if it.id == "failures"]) == "errors - FILL(refused, 0)"
      && one([for it in aws_cloudwatch_metric_alarm.errors.metric_query : one(it.metric).dimensions if it.id == "errors"]) == tomap({ FunctionName = "spotter-test-sign_up" })
      && one([for it in aws_cloudwatch_metric_alarm.errors.metric_query : one(it.metric).metric_name if it.id == "refused"]) == "spotter-test-sign-ups-refused"
    )
    error_message = "Errors of sign_up must raise an alarm, but not the refusals of a closed door."
  }

  assert {
    condition     = one(aws_cloudwatch_metric_alarm.wrong_keys).threshold == 100 && one(aws_cloudwatch_metric_alarm.wrong_keys).dimensions == tomap({ service = "create_token" })
    error_message = "Many refused keys must raise an alarm."
  }

  assert {
    condition     = aws_scheduler_schedule.sweep.schedule_expression == "rate(1 minute)"
    error_message = "The sweep must run every minute."
  }

  assert {
    condition     = one(aws_s3_bucket_notification.images.lambda_function).events == toset(["s3:ObjectCreated:Post"]) && one(aws_s3_bucket_notification.images.lambda_function).filter_prefix == "uploads/"
    error_message = "S3 must send an event for each picture that is uploaded by form."
  }

  assert {
    condition     = aws_lambda_permission.images.source_account == "123456789012" && aws_lambda_permission.images.source_arn == "arn:aws:s3:::images"
    error_message = "Only our bucket may call the function."
  }

  assert {
    condition     = one(one(aws_lambda_function_event_invoke_config.uploaded.destination_config).on_failure).destination == aws_sqs_queue.failed_uploads.arn && aws_sqs_queue.failed_uploads.sqs_managed_sse_enabled
    error_message = "An event that could not be handled must be kept."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.sweep_missing.treat_missing_data == "breaching"
    error_message = "The alarm must treat missing data as breaching: a sweep that does not run sends no metric."
  }
}

run "with_one_alarm_for_all_functions" {
  command = plan

  module {
    source = "./modules/functions"
  }

  variables {
    detailed_monitoring = false
  }

  assert {
    condition     = one([for it in aws_cloudwatch_metric_alarm.errors.metric_query : one(it.metric).dimensions if it.id == "errors"]) == null && length(aws_cloudwatch_metric_alarm.failed_uploads) == 0
    error_message = "One alarm must watch the errors of all functions."
  }
}
