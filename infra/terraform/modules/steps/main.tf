# A queue of long work whose messages start a function, and what becomes of messages that it cannot handle.
# A function works until its time is nearly over and sends the message again.

resource "aws_sqs_queue" "this" {
  name                       = "${var.name}-${var.steps.queue}"
  visibility_timeout_seconds = var.steps.visibility_seconds # Longer than the function runs
  message_retention_seconds  = 345600                       # 4 days, as in the queue of tasks
  sqs_managed_sse_enabled    = true

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.failed.arn
    maxReceiveCount     = var.steps.max_receives
  })
}

resource "aws_sqs_queue" "failed" {
  name                      = "${var.name}-${var.steps.queue}-failed"
  message_retention_seconds = 1209600 # 14 days, the most that SQS allows
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_redrive_allow_policy" "failed" {
  queue_url = aws_sqs_queue.failed.id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.this.arn]
  })
}

resource "aws_sqs_queue_policy" "tls_only" {
  for_each = { this = aws_sqs_queue.this, failed = aws_sqs_queue.failed }

  queue_url = each.value.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = each.value.arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn = aws_sqs_queue.this.arn
  function_name    = var.function.arn
  batch_size       = 1 # One message is the work of a whole call

  scaling_config {
    maximum_concurrency = var.steps.max_concurrency # The API keeps the rest of the account's functions
  }

  depends_on = [aws_iam_role_policy.this]
}

# Lambda ends a chain of calls that a function makes through its own queue after 16 of them, unless it is told that
# this is meant. A large export takes more.
resource "aws_lambda_function_recursion_config" "this" {
  function_name  = var.function.name
  recursive_loop = "Allow"
}

resource "aws_iam_role_policy" "this" {
  name = "read-queue"
  role = var.function.role_name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
      Resource = aws_sqs_queue.this.arn
    }]
  })
}

# Without detailed monitoring there is none: the alarm of all functions sees each failed try.
resource "aws_cloudwatch_metric_alarm" "failed" {
  count = var.detailed_monitoring ? 1 : 0

  alarm_name          = "${var.name}-${var.steps.queue}-failed"
  alarm_description   = "${var.text} Runbook: docs/runbooks/${var.steps.queue}.md"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.failed.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
