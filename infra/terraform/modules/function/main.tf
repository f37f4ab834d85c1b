# One Lambda function with its own role and log group, and its own alarms where they are wanted.

resource "aws_lambda_function" "this" {
  function_name = "${var.name}-${var.function}"
  description   = var.description
  role          = aws_iam_role.this.arn
  runtime       = "python3.13"
  architectures = ["arm64"] # A millisecond costs 20 % less than on x86
  handler       = "pipeline.lambdas.${var.function}.handler"
  memory_size   = var.memory_mb
  timeout       = var.timeout_seconds

  s3_bucket = var.code.bucket
  s3_key    = var.code.key # The key contains the hash of the package, so new code has a new key

  reserved_concurrent_executions = var.reserved_concurrency

  environment {
    variables = merge(var.environment, { POWERTOOLS_SERVICE_NAME = var.function })
  }

  tracing_config {
    mode = "Active"
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.this.name
  }

  depends_on = [aws_iam_role_policy.this]
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}-${var.function}"
  retention_in_days = var.log_days
}

resource "aws_iam_role" "this" {
  name = "${var.name}-${var.function}"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

# The calls of the code. The local system uses the same document.
resource "aws_iam_role_policy" "this" {
  name   = "calls"
  role   = aws_iam_role.this.id
  policy = var.policy
}

resource "aws_iam_role_policy" "telemetry" {
  name = "telemetry"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.this.arn}:*"
      },
      {
        Effect   = "Allow"
        Action   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
        Resource = "*" # X-Ray has no resources for these actions
      },
    ]
  })
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = var.own_alarms

  alarm_name = "${var.name}-${var.function}-${lower(each.key)}"
  alarm_description = {
    Errors    = "Invocations fail. Runbook: docs/runbooks/lambda-errors.md"
    Throttles = "Invocations are refused for lack of concurrency. Runbook: docs/runbooks/lambda-throttles.md"
  }[each.key]
  namespace           = "AWS/Lambda"
  metric_name         = each.key
  dimensions          = { FunctionName = aws_lambda_function.this.function_name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 2 # A deployment or a retry can cause one bad minute
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
