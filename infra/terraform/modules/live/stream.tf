module "announce" {
  source              = "../stream_reader"
  name                = var.name
  function            = merge(var.functions["announce"], { function = "announce" })
  stream_arn          = var.tasks_stream_arn
  reading             = var.announce
  runbook             = "announcements"
  detailed_monitoring = var.detailed_monitoring
  alarm_topic_arn     = var.alarm_topic_arn
}
