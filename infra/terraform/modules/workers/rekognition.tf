# Amazon Rekognition, where the environment offers it: the permission to ask, and an alarm when a day's budget is spent.
# Rekognition reads a picture from our bucket with the right of the caller, so it needs no permission of its own.

resource "aws_iam_role_policy" "rekognition" {
  #checkov:skip=CKV_AWS_355:Rekognition has no resources for these calls
  count = var.asks_rekognition ? 1 : 0

  name = "rekognition"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "AskRekognition"
      Effect   = "Allow"
      Action   = ["rekognition:DetectLabels", "rekognition:DetectModerationLabels", "rekognition:DetectText"]
      Resource = "*"
    }]
  })
}

resource "aws_cloudwatch_metric_alarm" "rekognition_budget" {
  count = var.asks_rekognition ? 1 : 0

  alarm_name          = "${var.name}-rekognition-budget"
  alarm_description   = "The day's budget for Amazon Rekognition is spent. Runbook: docs/runbooks/rekognition-budget.md"
  namespace           = "Spotter"
  metric_name         = "SecondOpinions"
  dimensions          = { Reason = "budget_spent" }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
