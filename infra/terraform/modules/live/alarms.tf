locals {
  # Without detailed monitoring there is none: pages then poll, so nobody misses a result.
  alarms = !var.detailed_monitoring ? {} : {
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
