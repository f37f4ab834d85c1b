locals {
  alarms = {
    depth = {
      name        = "${var.name}-depth"
      queue       = aws_sqs_queue.this.name
      metric      = "ApproximateNumberOfMessagesVisible"
      description = "Queue backlog: more pictures wait than the workers can take. Runbook: docs/runbooks/queue-depth.md"
    }
    age = {
      name        = "${var.name}-age"
      queue       = aws_sqs_queue.this.name
      metric      = "ApproximateAgeOfOldestMessage"
      description = "The oldest picture has waited for minutes. Runbook: docs/runbooks/queue-age.md"
    }
    dead_letters = {
      name        = "${var.name}-dlq-not-empty"
      queue       = aws_sqs_queue.dead_letter.name
      metric      = "ApproximateNumberOfMessagesVisible"
      description = "A message used up its receives. Runbook: docs/runbooks/dead-letters.md"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = each.value.name
  alarm_description   = each.value.description
  namespace           = "AWS/SQS"
  metric_name         = each.value.metric
  dimensions          = { QueueName = each.value.queue }
  statistic           = "Maximum"
  period              = var.alarms[each.key].period_seconds
  evaluation_periods  = var.alarms[each.key].periods
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.alarms[each.key].threshold + (each.key == "age" ? var.start_seconds : 0)
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
