# `announce` reads the stream of the table of tasks. AWS allows two readers of a stream.

resource "aws_lambda_event_source_mapping" "announce" {
  event_source_arn                   = var.tasks_stream_arn
  function_name                      = var.functions["announce"].arn
  starting_position                  = "LATEST"
  batch_size                         = var.announce.batch_size
  parallelization_factor             = 2 # Records of one task stay in order
  maximum_retry_attempts             = var.announce.max_retries
  maximum_record_age_in_seconds      = var.announce.max_age_seconds
  bisect_batch_on_function_error     = true
  function_response_types            = ["ReportBatchItemFailures"]
  maximum_batching_window_in_seconds = 0 # Somebody waits

  filter_criteria {
    filter {
      pattern = var.announce.filter
    }
  }

  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.failed_announcements.arn
    }
  }

  depends_on = [aws_iam_role_policy.announce]
}

resource "aws_iam_role_policy" "announce" {
  name = "read-stream"
  role = var.functions["announce"].role_name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
        Resource = var.tasks_stream_arn
      },
      {
        Effect   = "Allow"
        Action   = "dynamodb:ListStreams"
        Resource = "*" # It has no resources
      },
      {
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = aws_sqs_queue.failed_announcements.arn
      },
    ]
  })
}

resource "aws_sqs_queue" "failed_announcements" {
  name                      = "${var.name}-failed-announcements"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_policy" "failed_announcements" {
  queue_url = aws_sqs_queue.failed_announcements.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = aws_sqs_queue.failed_announcements.arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
