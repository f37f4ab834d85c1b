locals {
  # Each costs money, and without them nobody misses a result: pages ask for it.
  alarms = {
    for name, alarm in {
      failed-announcements = {
        namespace   = "AWS/SQS"
        metric      = "ApproximateNumberOfMessagesVisible"
        dimensions  = { QueueName = aws_sqs_queue.failed_announcements.name }
        statistic   = "Maximum"
        threshold   = 0
        periods     = 1
        description = "Finished tasks could not be announced. Runbook: docs/runbooks/announcements.md"
      }
      announce-iterator-age = {
        namespace   = "AWS/Lambda"
        metric      = "IteratorAge"
        dimensions  = { FunctionName = var.functions["announce"].name }
        statistic   = "Maximum"
        threshold   = 10000 # ms
        periods     = 3
        description = "Finished tasks are announced late. Runbook: docs/runbooks/announcements.md"
      }
      sockets-opened = {
        namespace   = "AWS/ApiGateway"
        metric      = "ConnectCount"
        dimensions  = { ApiId = aws_apigatewayv2_api.this.id }
        statistic   = "Sum"
        threshold   = var.max_connects_per_minute
        periods     = 3
        description = "Pages or programs open sockets again and again. Runbook: docs/runbooks/sockets.md"
      }
      sockets-failed = {
        namespace   = "AWS/ApiGateway"
        metric      = "IntegrationError"
        dimensions  = { ApiId = aws_apigatewayv2_api.this.id }
        statistic   = "Sum"
        threshold   = 0
        periods     = 3
        description = "The functions of the WebSocket API fail. Runbook: docs/runbooks/sockets.md"
      }
    } : name => alarm if var.detailed_monitoring
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = 60
  evaluation_periods  = each.value.periods
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
