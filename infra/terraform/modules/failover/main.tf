# Which region may get callers. Route 53 asks each region's API from outside of AWS's regions, and goes on while
# us-east-1, where its control plane is, is away. So nothing of this is changed on the day: an operator evacuates a
# region with a file on the page.

resource "aws_route53_health_check" "api" {
  for_each = var.hosts

  reference_name    = "${var.name}-api-${each.key}"
  type              = "HTTPS"
  fqdn              = each.value
  port              = 443
  resource_path     = "/v1/health"
  regions           = ["ap-southeast-1", "eu-west-1", "us-west-2"] # Each checker's calls cost money; three is the least
  request_interval  = 10
  failure_threshold = 3     # Half a minute
  measure_latency   = false # It would cost 1 USD a month more

  tags = { Name = "${var.name}-api-${each.key}" }
}

# https://PAGE/evacuate/REGION.json exists while an operator keeps callers away from the region.
resource "aws_route53_health_check" "not_evacuated" {
  for_each = var.hosts

  reference_name     = "${var.name}-not-evacuated-${each.key}"
  type               = "HTTPS"
  fqdn               = var.page_host
  port               = 443
  resource_path      = "/evacuate/${each.key}.json"
  request_interval   = 30
  failure_threshold  = 1
  invert_healthcheck = true # A missing file is the normal state, and so is a page that does not answer

  tags = { Name = "${var.name}-not-evacuated-${each.key}" }
}

resource "aws_route53_health_check" "region" {
  for_each = var.hosts

  reference_name         = "${var.name}-region-${each.key}"
  type                   = "CALCULATED"
  child_health_threshold = 2
  child_healthchecks     = [aws_route53_health_check.api[each.key].id, aws_route53_health_check.not_evacuated[each.key].id]

  tags = { Name = "${var.name}-region-${each.key}" }
}

# Tells operators in each region that another one does not answer. Route 53 reports to us-east-1 only, which may be
# the lost region. So the sweep of each region asks the others, and counts where it runs.

resource "aws_cloudwatch_metric_alarm" "peer_down" {
  for_each = var.alarm_topic_arns

  region              = each.key
  alarm_name          = "${var.name}-peer-down"
  alarm_description   = "Another region does not answer. Runbook: docs/runbooks/region-lost.md"
  namespace           = "Spotter"
  metric_name         = "PeerDown"
  dimensions          = { service = "sweep" }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching" # sweep-missing is the alarm for a sweep that does not run
  alarm_actions       = [each.value]
  ok_actions          = [each.value]
}
