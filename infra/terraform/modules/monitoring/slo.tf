# Two service level objectives: 99.9 % of requests have no server error, and 99.9 % of pictures have their
# result within 10 s. The alarms watch how fast the error budget of the month burns. Each has a long window, to
# ignore short peaks, and a short one, to end soon after the cause.
# Windows and factors: Google, "The Site Reliability Workbook", chapter 5, 2018.

locals {
  budget = 1 - var.objective

  indicators = {
    availability = {
      # FILL: a minute without requests counts as good
      bad_share = "IF(FILL(requests, 0) > 0, FILL(errors, 0) / requests, 0)"
      metrics = {
        requests = { namespace = "AWS/ApiGateway", name = "Count", stat = "Sum", dimensions = { ApiName = var.api_name } }
        errors   = { namespace = "AWS/ApiGateway", name = "5XXError", stat = "Sum", dimensions = { ApiName = var.api_name } }
      }
    }

    latency = {
      bad_share = "1 - FILL(good, 100) / 100"
      metrics = {
        good = { namespace = "Spotter", name = "SecondsToResult", stat = "PR(:${var.result_seconds + var.start_seconds})", dimensions = {} }
      }
    }
  }

  # Factor 14.4 uses the budget of 30 days in 2 days, factor 6 in 5 days.
  windows = {
    fast-long  = { factor = 14.4, seconds = 3600 }
    fast-short = { factor = 14.4, seconds = 300 }
    slow-long  = { factor = 6, seconds = 21600 }
    slow-short = { factor = 6, seconds = 1800 }
  }

  burns = merge([
    for indicator, it in local.indicators : {
      for window, its in local.windows : "${indicator}-${window}" => merge(it, its)
    }
  ]...)
}

resource "aws_cloudwatch_metric_alarm" "burn" {
  for_each = var.error_budgets ? local.burns : {}

  alarm_name          = "${var.name}-slo-${each.key}"
  alarm_description   = "One window of a burn-rate alarm. Runbook: docs/runbooks/slo-${split("-", each.key)[0]}.md"
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.factor * local.budget
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "bad"
    label       = "Share of the bad"
    expression  = each.value.bad_share
    return_data = true
  }

  dynamic "metric_query" {
    for_each = each.value.metrics

    content {
      id = metric_query.key

      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.name
        dimensions  = metric_query.value.dimensions
        stat        = metric_query.value.stat
        period      = each.value.seconds
      }
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "burn" {
  for_each = !var.error_budgets ? {} : merge([
    for indicator in keys(local.indicators) : { for speed in ["fast", "slow"] : "${indicator}-${speed}" => indicator }
  ]...)

  alarm_name        = "${var.name}-slo-${each.key}"
  alarm_description = "The error budget of the month burns too fast. Runbook: docs/runbooks/slo-${each.value}.md"
  alarm_actions     = [var.alarm_topic_arn]
  ok_actions        = [var.alarm_topic_arn]

  alarm_rule = join(" AND ", [
    for window in ["long", "short"] : "ALARM(\"${aws_cloudwatch_metric_alarm.burn["${each.key}-${window}"].alarm_name}\")"
  ])
}
