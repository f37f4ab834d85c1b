resource "aws_cloudwatch_metric_alarm" "missing" {
  alarm_name          = "${var.name}-workers-missing"
  alarm_description   = "Fewer workers are in service than the promise needs. Runbook: docs/runbooks/workers-missing.md"
  namespace           = var.size.sleeps ? null : "AWS/AutoScaling"
  metric_name         = var.size.sleeps ? null : "GroupInServiceInstances"
  dimensions          = var.size.sleeps ? null : { AutoScalingGroupName = aws_autoscaling_group.this.name }
  statistic           = var.size.sleeps ? null : "Minimum"
  period              = var.size.sleeps ? null : 60
  evaluation_periods  = 10 # A launch takes up to five minutes
  comparison_operator = "LessThanThreshold"
  threshold           = var.size.sleeps ? 0 : local.min_now
  treat_missing_data  = local.min_now > 0 ? "breaching" : "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]

  # A fleet that may sleep is compared with the size that is wanted now, which is 0 while it sleeps.
  dynamic "metric_query" {
    for_each = var.size.sleeps ? { missing = "running - wanted" } : {}

    content {
      id          = metric_query.key
      label       = "Workers in service beyond those that are wanted"
      expression  = metric_query.value
      return_data = true
    }
  }

  dynamic "metric_query" {
    for_each = var.size.sleeps ? { running = "GroupInServiceInstances", wanted = "GroupDesiredCapacity" } : {}

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/AutoScaling"
        metric_name = metric_query.value
        dimensions  = { AutoScalingGroupName = aws_autoscaling_group.this.name }
        stat        = "Minimum"
        period      = 60
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "no_completions" {
  alarm_name          = "${var.name}-no-completions"
  alarm_description   = "Pictures wait and none gets done. Runbook: docs/runbooks/no-completions.md"
  evaluation_periods  = 3 + ceil(local.start_seconds / 60) # A sleeping fleet starts first
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]

  metric_query {
    id          = "stalled"
    expression  = "IF(depth > 0 AND FILL(recognised, 0) + FILL(failed, 0) == 0, 1, 0)"
    label       = "Minutes with waiting pictures and none done"
    return_data = true
  }

  metric_query {
    id = "depth"

    metric {
      namespace   = "AWS/SQS"
      metric_name = "ApproximateNumberOfMessagesVisible"
      dimensions  = { QueueName = var.task_queue_name }
      stat        = "Minimum" # Pictures waited during the whole minute
      period      = 60
    }
  }

  dynamic "metric_query" {
    for_each = { recognised = "ImagesRecognised", failed = "ImagesFailed" }

    content {
      id = metric_query.key

      metric {
        namespace   = "Spotter"
        metric_name = metric_query.value
        stat        = "Sum"
        period      = 60
      }
    }
  }
}
