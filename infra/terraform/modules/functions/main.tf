# The API's functions, the upload event and the sweep. All run the same package.

locals {
  # More memory is more processor time. With 1,024 MB a cold start stays below half a second, which matters
  # where somebody waits. It costs 0.15 USD more for a million requests than 256 MB does; API Gateway charges
  # 3.50 USD for the same million. docs/performance.md has the table. API Gateway waits 29 s for an answer.
  functions = {
    upload           = { memory_mb = 1024, timeout_seconds = 28, description = "POST /upload and /pictures" } # A caller may wait 20 s
    get_result       = { memory_mb = 1024, timeout_seconds = 28, description = "GET /results/{taskId}" }
    list_results     = { memory_mb = 1024, timeout_seconds = 10, description = "GET /results, /results/days" }
    list_words       = { memory_mb = 1024, timeout_seconds = 10, description = "GET /results/words" }
    delete_result    = { memory_mb = 1024, timeout_seconds = 10, description = "DELETE /results/{taskId}" }
    retry_result     = { memory_mb = 1024, timeout_seconds = 10, description = "POST /results/{taskId}/retry" }
    cancel_result    = { memory_mb = 1024, timeout_seconds = 10, description = "POST /results/{taskId}/cancel" }
    correct_result   = { memory_mb = 1024, timeout_seconds = 10, description = "PUT /results/{taskId}/corrections, GET and PUT /account/sharing" }
    result_versions  = { memory_mb = 1024, timeout_seconds = 10, description = "POST and GET /results/{taskId}/versions" }
    similar_results  = { memory_mb = 1024, timeout_seconds = 10, description = "GET /results/{taskId}/similar, /results/doubles" }
    create_ticket    = { memory_mb = 1024, timeout_seconds = 10, description = "POST /live/tickets" }
    authorize_socket = { memory_mb = 512, timeout_seconds = 10, description = "May a WebSocket open?" }
    serve_socket     = { memory_mb = 512, timeout_seconds = 10, description = "A WebSocket was opened or closed" }
    announce         = { memory_mb = 512, timeout_seconds = 30, description = "The tasks' stream: tell open sockets what is finished" }
    account_defaults = { memory_mb = 1024, timeout_seconds = 10, description = "GET and PUT /account/defaults, GET /usage" }
    keys             = { memory_mb = 1024, timeout_seconds = 10, description = "POST, GET and DELETE /keys" }
    create_token     = { memory_mb = 1024, timeout_seconds = 20, description = "POST /token" }                     # It waits for Cognito, which waits for the next one
    answer_challenge = { memory_mb = 1024, timeout_seconds = 5, description = "Cognito asks: is this key right?" } # Cognito waits 5 s
    streams          = { memory_mb = 1024, timeout_seconds = 10, description = "POST, GET and DELETE /streams" }
    put_frame        = { memory_mb = 1024, timeout_seconds = 5, description = "PUT /streams/{streamId}/frames" } # A later frame is too old
    health           = { memory_mb = 512, timeout_seconds = 5, description = "GET /health" }                     # Route 53 waits 2 s
    webhooks         = { memory_mb = 1024, timeout_seconds = 10, description = "/webhooks: create, list, test, rotate, delete, deliveries" }
    deliver          = { memory_mb = 512, timeout_seconds = var.steps["deliver"].timeout_seconds, description = "The queue of webhooks: call what users named" }
    exports          = { memory_mb = 1024, timeout_seconds = 10, description = "POST, GET and DELETE /exports" }
    delete_account   = { memory_mb = 1024, timeout_seconds = 10, description = "POST and GET /account/deletion" }
    erase_account    = { memory_mb = 512, timeout_seconds = var.steps["erase_account"].timeout_seconds, description = "The queue of erasures: delete a user's data and account" }
    write_export     = { memory_mb = 1024, timeout_seconds = var.steps["write_export"].timeout_seconds, description = "The queue of exports: write a file" }
    uploaded         = { memory_mb = 1024, timeout_seconds = 30, description = "A picture arrived: queue its task" }
    sign_up          = { memory_mb = 1024, timeout_seconds = 5, description = "Before an account is made: is sign-up open?" } # Cognito waits 5 s
    close            = { memory_mb = 256, timeout_seconds = 30, description = "The month's budget is spent: close uploads and sign-up" }
    index_words      = { memory_mb = 512, timeout_seconds = 30, description = "Results changed: keep the index of words right" }
    sweep            = { memory_mb = 256, timeout_seconds = 55, description = "Each minute: repair lost tasks" } # Nobody waits for it
  }
}

module "function" {
  source   = "../function"
  for_each = local.functions

  name                 = var.name
  function             = each.key
  description          = each.value.description
  memory_mb            = each.value.memory_mb
  timeout_seconds      = each.value.timeout_seconds
  reserved_concurrency = lookup(var.reserved_concurrency, each.key, -1)
  code                 = var.code
  log_days             = var.log_days
  own_alarms           = !var.detailed_monitoring || each.key == "health" ? [] : each.key == "sign_up" ? ["Throttles"] : ["Errors", "Throttles"] # Errors of sign_up: below. The alarm of the API has those of health
  alarm_topic_arn      = var.alarm_topic_arn

  policy = templatefile("${path.module}/../../../policies/${each.key}.json", merge(
    {
      images_bucket_arn     = var.images.arn
      tasks_table_arn       = var.tasks_table.arn
      words_table_arn       = var.words_table.arn
      exports_table_arn     = var.exports_table.arn
      exports_queue_arn     = var.exports_queue.arn
      webhooks_table_arn    = var.webhooks_table.arn
      deliveries_table_arn  = var.deliveries_table.arn
      webhooks_queue_arn    = var.webhooks_queue.arn
      erasures_queue_arn    = var.erasures_queue.arn
      user_pool_arn         = var.user_pool.arn
      connections_table_arn = var.connections_table.arn
      streams_table_arn     = var.streams_table.arn
      frames_stream_arn     = var.frames_stream.arn
      task_queue_arn        = var.task_queue.arn
      live_api_arn          = var.live.stage_arn
    },
    { for key, alarm in var.paused_alarms : "${key}_alarm_arn" => alarm.arn },
  ))

  environment = merge(var.user_limits, {
    TASKS_TABLE           = var.tasks_table.name
    WORDS_TABLE           = var.words_table.name
    EXPORTS_TABLE         = var.exports_table.name
    EXPORTS_QUEUE_URL     = var.exports_queue.url
    WEBHOOKS_TABLE        = var.webhooks_table.name
    DELIVERIES_TABLE      = var.deliveries_table.name
    WEBHOOKS_QUEUE_URL    = var.webhooks_queue.url
    MAIL_SENDER           = var.mail.sender
    ERASURES_QUEUE_URL    = var.erasures_queue.url
    USER_POOL_ID          = split("/", var.user_pool.arn)[1]
    KEYS_CLIENT_ID        = var.user_pool.keys_client_id
    CONNECTIONS_TABLE     = var.connections_table.name
    LIVE_URL              = var.live.url
    LIVE_ENDPOINT         = var.live.endpoint
    STREAMS_TABLE         = var.streams_table.name
    FRAMES_STREAM_ARN     = var.frames_stream.offered ? var.frames_stream.arn : ""
    TASK_QUEUE_URL        = var.task_queue.url
    IMAGES_BUCKET         = var.images.name
    SPA_ORIGIN            = var.spa_origin
    ACCEPT_HEIC           = var.accept_heic
    REKOGNITION_USD_A_DAY = var.rekognition
    OFFERED_MODELS        = join(",", var.offered_models)
    POWERTOOLS_LOG_LEVEL  = "INFO"
    START_SECONDS         = tostring(var.start_seconds)
    METRICS_DETAIL        = var.detailed_monitoring ? "full" : "basic"
    PAUSED_ALARMS         = join(",", values(var.paused_alarms)[*].name) # Only the sweep reads it
    }, length(var.regions) == 0 ? {} : {
    REGIONS          = join(",", var.regions)
    PEER_HEALTH_URLS = join(",", var.peer_health_urls) # Only the sweep asks them
  })
}

# Where no mail is sent, `deliver` may neither send one nor look up an address.
resource "aws_iam_role_policy" "mail" {
  count = var.mail.sender == "" ? 0 : 1

  name = "mail"
  role = module.function["deliver"].role_name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "cognito-idp:ListUsers", Resource = var.user_pool.arn },
      { Effect = "Allow", Action = "ses:SendEmail", Resource = var.mail.identity_arn },
    ]
  })
}

# A picture that arrives by presigned form starts `uploaded`. `upload` queues a picture that it stores (Put).
# The sweep queues those that both missed.

resource "aws_s3_bucket_notification" "images" {
  bucket = var.images.name

  lambda_function {
    lambda_function_arn = module.function["uploaded"].arn
    events              = ["s3:ObjectCreated:Post"]
    filter_prefix       = "uploads/" # Forms are signed for no other; `uploaded` itself writes to images/
  }

  depends_on = [aws_lambda_permission.images]
}

resource "aws_lambda_permission" "images" {
  action         = "lambda:InvokeFunction"
  function_name  = module.function["uploaded"].name
  principal      = "s3.amazonaws.com"
  source_arn     = var.images.arn
  source_account = var.here.account_id # Another account could get the name of a deleted bucket
}

resource "aws_lambda_function_event_invoke_config" "uploaded" {
  function_name                = module.function["uploaded"].name
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 3600 # By then the sweep has queued or expired the task

  destination_config {
    on_failure {
      destination = aws_sqs_queue.failed_uploads.arn
    }
  }
}

resource "aws_sqs_queue" "failed_uploads" {
  name                      = "${var.name}-failed-uploads"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_policy" "failed_uploads" {
  queue_url = aws_sqs_queue.failed_uploads.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = aws_sqs_queue.failed_uploads.arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_iam_role_policy" "failed_uploads" {
  name = "failed-uploads"
  role = module.function["uploaded"].role_name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "sqs:SendMessage"
      Resource = aws_sqs_queue.failed_uploads.arn
    }]
  })
}

resource "aws_cloudwatch_metric_alarm" "failed_uploads" {
  count = var.detailed_monitoring ? 1 : 0

  alarm_name          = "${var.name}-failed-uploads"
  alarm_description   = "Events of arrived pictures were not handled. Runbook: docs/runbooks/failed-uploads.md"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.failed_uploads.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  alarm_actions       = [var.alarm_topic_arn]
}

# Only where functions write their own metrics. Elsewhere the log has the line.
resource "aws_cloudwatch_metric_alarm" "locked_out" {
  count = var.detailed_monitoring ? 1 : 0

  alarm_name          = "${var.name}-owner-locked-out"
  alarm_description   = "A user posted upload forms again and again and is locked out. Runbook: docs/runbooks/locked-out.md"
  namespace           = "Spotter"
  metric_name         = "OwnersLockedOut"
  dimensions          = { service = "uploaded" }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
}

# Somebody tries keys that are none, or a program goes on with a key that was revoked.
resource "aws_cloudwatch_metric_alarm" "wrong_keys" {
  count = var.detailed_monitoring ? 1 : 0

  alarm_name          = "${var.name}-wrong-keys"
  alarm_description   = "Many API keys were refused. Runbook: docs/runbooks/wrong-keys.md"
  namespace           = "Spotter"
  metric_name         = "KeysRefused"
  dimensions          = { service = "create_token" }
  statistic           = "Sum"
  period              = 900
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 100
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
}

# Cognito takes only an error for a refusal. So each refused sign-up is an error of `sign_up`, and alarms subtract it.
resource "aws_cloudwatch_log_metric_filter" "sign_ups_refused" {
  name           = "sign-ups-refused"
  log_group_name = module.function["sign_up"].log_group_name
  pattern        = "\"Sign-up refused: it is closed\""

  metric_transformation {
    namespace = "Spotter"
    name      = "${var.name}-sign-ups-refused" # Without dimensions, so the name tells environments apart
    value     = "1"
  }
}

# It watches `sign_up`. Without alarms per function it watches all functions of the account and region together.
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = var.detailed_monitoring ? "${var.name}-sign_up-errors" : "${var.name}-lambda-errors"
  alarm_description   = "A function of this account fails. Runbook: docs/runbooks/lambda-errors.md"
  evaluation_periods  = 3
  datapoints_to_alarm = 2 # A deployment or a retry can cause one bad minute
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]

  metric_query {
    id          = "failures"
    label       = "Errors but for refused sign-ups"
    expression  = "errors - FILL(refused, 0)"
    return_data = true
  }

  metric_query {
    id = "errors"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Errors"
      dimensions  = var.detailed_monitoring ? { FunctionName = module.function["sign_up"].name } : null
      stat        = "Sum"
      period      = 60
    }
  }

  metric_query {
    id = "refused"

    metric {
      namespace   = "Spotter"
      metric_name = aws_cloudwatch_log_metric_filter.sign_ups_refused.metric_transformation[0].name
      stat        = "Sum"
      period      = 60
    }
  }
}

# The sweep

resource "aws_scheduler_schedule" "sweep" {
  name                = "${var.name}-sweep"
  schedule_expression = "rate(1 minute)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = module.function["sweep"].arn
    role_arn = aws_iam_role.scheduler.arn

    retry_policy {
      maximum_retry_attempts = 0 # The next minute is the retry
    }
  }
}

resource "aws_iam_role" "scheduler" {
  name = "${var.name}-scheduler"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.here.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "scheduler" {
  name = "invoke-sweep"
  role = aws_iam_role.scheduler.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = module.function["sweep"].arn
    }]
  })
}

# Without this alarm nobody would notice a missing sweep until another part fails.
resource "aws_cloudwatch_metric_alarm" "sweep_missing" {
  alarm_name          = "${var.name}-sweep-missing"
  alarm_description   = "The sweep has not run for ten minutes. Runbook: docs/runbooks/sweep-missing.md"
  namespace           = "AWS/Lambda"
  metric_name         = "Invocations"
  dimensions          = { FunctionName = module.function["sweep"].name }
  statistic           = "Sum"
  period              = 600
  evaluation_periods  = 1
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
