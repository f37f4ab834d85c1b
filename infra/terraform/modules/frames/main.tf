# Frames of cameras on their way to the workers, where the environment offers live recognition.
# AWS charges for a stream in on-demand mode by the hour, also while nobody uses it: docs/cost.md.

resource "aws_kinesis_stream" "this" {
  name             = "${var.name}-frames"
  retention_period = 24 # The least. Workers read what is a second old at the most
  encryption_type  = "KMS"
  kms_key_id       = "alias/aws/kinesis" # Callers of this account need no permission for it

  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }

  lifecycle {
    precondition {
      condition     = var.egress != "endpoints"
      error_message = "Workers send answers to the WebSocket API, and AWS has no interface endpoint for that. Set egress to ipv6, public or nat to offer live recognition."
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "age" {
  alarm_name          = "${var.name}-frames-age"
  alarm_description   = "Workers read frames too late. Runbook: docs/runbooks/frames-age.md"
  namespace           = "AWS/Kinesis"
  metric_name         = "GetRecords.IteratorAgeMilliseconds"
  dimensions          = { StreamName = aws_kinesis_stream.this.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5000 # Frames older than 1 s are dropped
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "throttled" {
  alarm_name          = "${var.name}-frames-throttled"
  alarm_description   = "Kinesis refuses frames. Runbook: docs/runbooks/frames-throttled.md"
  namespace           = "AWS/Kinesis"
  metric_name         = "WriteProvisionedThroughputExceeded"
  dimensions          = { StreamName = aws_kinesis_stream.this.name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "dropped" {
  alarm_name          = "${var.name}-frames-dropped"
  alarm_description   = "Workers drop most frames. Runbook: docs/runbooks/frames-dropped.md"
  evaluation_periods  = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = 50
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]

  metric_query {
    id          = "share"
    label       = "Dropped frames in percent"
    expression  = "100 * dropped / (dropped + FILL(answered, 0))"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { answered = "FramesAnswered", dropped = "FramesDropped" }

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
