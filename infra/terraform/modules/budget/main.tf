# Tells operators before the bill does: a flood of pictures, or an environment that was forgotten.

resource "aws_budgets_budget" "this" {
  name         = var.name
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(var.usd_a_month)
  limit_unit   = "USD"

  # At 80 % spent, and when 100 % is forecast. What to do: docs/runbooks/budget.md
  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }

    content {
      notification_type         = notification.key
      threshold                 = notification.value
      threshold_type            = "PERCENTAGE"
      comparison_operator       = "GREATER_THAN"
      subscriber_sns_topic_arns = [var.alarm_topic_arn]
    }
  }

  notification {
    notification_type         = "ACTUAL"
    threshold                 = 100
    threshold_type            = "PERCENTAGE"
    comparison_operator       = "GREATER_THAN"
    subscriber_sns_topic_arns = [aws_sns_topic.spent.arn]
  }
}

# Closing: the only notice on this topic says that 100 % are spent. The function `close` then closes
# uploads and sign-up. Operators open them in the portal. How: docs/runbooks/budget.md

resource "aws_sns_topic" "spent" {
  name              = "${var.name}-budget-spent"
  kms_master_key_id = var.key_arn # Without a key where alarms have none. A notice holds a name and a number
}

resource "aws_sns_topic_policy" "spent" {
  arn = aws_sns_topic.spent.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Publisher"
        Effect    = "Allow"
        Principal = { Service = "budgets.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.spent.arn
        Condition = { StringEquals = { "aws:SourceAccount" = var.here.account_id } }
      },
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.spent.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "close" {
  topic_arn = aws_sns_topic.spent.arn
  protocol  = "lambda"
  endpoint  = var.close.arn

  depends_on = [aws_lambda_permission.close]
}

resource "aws_lambda_permission" "close" {
  action        = "lambda:InvokeFunction"
  function_name = var.close.name
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.spent.arn
}

resource "aws_cloudwatch_metric_alarm" "spent" {
  count = var.own_alarm ? 1 : 0 # Ten alarms are free, and dev has ten

  alarm_name          = "${var.name}-budget-spent"
  alarm_description   = "The month's budget is spent, and uploads and sign-up are closed. Runbook: docs/runbooks/budget.md"
  namespace           = "AWS/Lambda"
  metric_name         = "Invocations"
  dimensions          = { FunctionName = var.close.name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
}
