# A fleet that sleeps has no instance while nothing waits. The first waiting picture starts the awake group,
# and 15 quiet minutes end it.
#
# Both alarms look at the wanted size, so that each acts once: `wake` only on a sleeping fleet, `sleep` only
# after a fleet has been awake for 15 minutes. An old quiet minute never stops a fleet that just started.
#
# SQS stops reporting a queue's metrics six hours after the last call. The sweep reads the depth each minute.

locals {
  policies = !var.size.sleeps ? {} : {
    wake  = { size = local.awake_size, minutes = 1, expression = "IF(FILL(wanted, 0) == 0, waiting, 0)" }
    sleep = { size = 0, minutes = 15, expression = "IF(wanted > 0 AND waiting + working == 0, 1, 0)" }
  }

  sleep_metrics = {
    waiting = { namespace = "AWS/SQS", name = "ApproximateNumberOfMessagesVisible", dimensions = { QueueName = var.task_queue_name } }
    working = { namespace = "AWS/SQS", name = "ApproximateNumberOfMessagesNotVisible", dimensions = { QueueName = var.task_queue_name } }
    wanted  = { namespace = "AWS/AutoScaling", name = "GroupDesiredCapacity", dimensions = { AutoScalingGroupName = local.group_name } }
  }
}

resource "aws_autoscaling_policy" "sleep" {
  for_each = local.policies

  name                   = each.key
  autoscaling_group_name = aws_autoscaling_group.this.name
  policy_type            = "StepScaling"
  adjustment_type        = "ExactCapacity"

  step_adjustment {
    scaling_adjustment          = each.value.size
    metric_interval_lower_bound = 0
  }
}

resource "aws_cloudwatch_metric_alarm" "sleep" {
  for_each = local.policies

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "Sets the size of the fleet to ${each.value.size}; tells nobody. Runbook: docs/runbooks/sleeping-fleet.md"
  evaluation_periods  = each.value.minutes
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_autoscaling_policy.sleep[each.key].arn]

  metric_query {
    id          = "decision"
    label       = each.key == "wake" ? "Pictures that wait for a sleeping fleet" : "Minutes in which an awake fleet had nothing to do"
    expression  = each.value.expression
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { for id, metric in local.sleep_metrics : id => metric if strcontains(each.value.expression, id) }

    content {
      id = metric_query.key

      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.name
        dimensions  = metric_query.value.dimensions
        stat        = "Maximum"
        period      = 60
      }
    }
  }
}
