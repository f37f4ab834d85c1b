locals {
  # Without detailed monitoring there is none: pages then poll, so nobody misses a result.
  alarms = !var.detailed_monitoring ? {} : {
    sockets-opened = {
      metric      = "ConnectCount"
      threshold   = var.max_connects_per_minute
      description = "Pages or programs open sockets again and again. Runbook: docs/runbooks/sockets.md"
    }
    sockets-failed = {
      metric      = "IntegrationError"
      threshold   = 0
      description = "The functions of the WebSocket API fail. Runbook: docs/runbooks/sockets.md"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = "AWS/ApiGateway"
  metric_name         = each.value.metric
  dimensions          = { ApiId = aws_apigatewayv2_api.this.id }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
