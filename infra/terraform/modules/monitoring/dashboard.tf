# One page that shows whether people get results in time.

locals {
  queue = { QueueName = var.task_queue_name }
  group = { AutoScalingGroupName = var.worker_group_name }

  # Title, unit of the axis, and lines: [namespace, metric, dimensions, statistic, label]
  graphs = [
    ["Upload to result", "s", [
      ["Spotter", "SecondsToResult", {}, "p50", "half within"],
      ["Spotter", "SecondsToResult", {}, "p95", "95 % within"],
      ["Spotter", "SecondsToResult", {}, "p99", "99 % within"],
    ]],
    ["Pictures a minute", "", [
      ["Spotter", "ImagesRecognised", {}, "Sum", "recognised"],
      ["Spotter", "ImagesFailed", {}, "Sum", "failed"],
      ["AWS/SQS", "NumberOfMessagesSent", local.queue, "Sum", "queued"],
    ]],
    ["Waiting", "", [
      ["AWS/SQS", "ApproximateNumberOfMessagesVisible", local.queue, "Maximum", "waiting"],
      ["AWS/SQS", "ApproximateNumberOfMessagesNotVisible", local.queue, "Maximum", "in flight"],
      ["AWS/SQS", "ApproximateNumberOfMessagesVisible", { QueueName = var.dead_letter_queue_name }, "Maximum", "dead letters"],
    ]],
    ["Age of the oldest", "s", [
      ["AWS/SQS", "ApproximateAgeOfOldestMessage", local.queue, "Maximum", "seconds"],
    ]],
    ["Workers", "", [
      ["AWS/AutoScaling", "GroupInServiceInstances", local.group, "Average", "in service"],
      ["AWS/AutoScaling", "GroupDesiredCapacity", local.group, "Average", "wanted"],
      ["AWS/AutoScaling", "GroupMaxSize", local.group, "Average", "at most"],
    ]],
    ["Where the seconds of a picture go", "s", [
      for stage in ["download", "decode", "inference", "store"] :
      ["Spotter", "StageSeconds", { Stage = stage }, "p95", "${stage} p95"]
    ]],
    ["API requests a minute", "", [
      ["AWS/ApiGateway", "Count", { ApiName = var.api_name }, "Sum", "requests"],
      ["AWS/ApiGateway", "4XXError", { ApiName = var.api_name }, "Sum", "refused"],
      ["AWS/ApiGateway", "5XXError", { ApiName = var.api_name }, "Sum", "failed"],
    ]],
    ["API latency", "ms", [
      ["AWS/ApiGateway", "Latency", { ApiName = var.api_name }, "p50", "half within"],
      ["AWS/ApiGateway", "Latency", { ApiName = var.api_name }, "p99", "99 % within"],
    ]],
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = concat(
      [for alarms in [values(aws_cloudwatch_composite_alarm.burn)[*].arn] : {
        type       = "alarm"
        x          = 0
        y          = 0
        width      = 24
        height     = 3
        properties = { title = "Is the promise kept?", alarms = alarms }
      } if var.error_budgets],
      [for index, graph in local.graphs : {
        type   = "metric"
        x      = index % 2 * 12
        y      = 3 + floor(index / 2) * 6
        width  = 12
        height = 6

        properties = {
          title  = graph[0]
          region = var.here.region
          period = 60
          yAxis  = { left = { min = 0, label = graph[1], showUnits = false } }

          metrics = [for line in graph[2] : concat(
            [line[0], line[1]],
            flatten([for name, value in line[2] : [name, value]]),
            [{ stat = line[3], label = line[4] }],
          )]
        }
      }],
    )
  })
}
