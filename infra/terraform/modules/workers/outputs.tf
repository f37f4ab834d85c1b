output "group_name" {
  description = "Name of the Auto Scaling group"
  value       = aws_autoscaling_group.this.name
}

output "min_size" {
  description = "Instances that carry the promised users"
  value       = local.awake_size
}

output "min_images_per_second" {
  description = "Images per second that the smallest awake group recognises"
  value       = local.awake_size * local.images_per_second
}

output "role_name" {
  description = "Name of the instance role"
  value       = aws_iam_role.this.name
}

output "log_group_name" {
  description = "Log group of the workers"
  value       = aws_cloudwatch_log_group.this.name
}

output "start_seconds" {
  description = "Seconds that the first picture waits for a fleet that was asleep; 0 if the fleet never sleeps"
  value       = local.start_seconds
}

output "completions_alarm" {
  description = "The alarm of pictures that wait while none gets done, which a pause silences: name, arn"

  value = {
    name = aws_cloudwatch_metric_alarm.no_completions.alarm_name
    arn  = aws_cloudwatch_metric_alarm.no_completions.arn
  }
}
