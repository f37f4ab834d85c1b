output "url" {
  description = "URL of the queue"
  value       = aws_sqs_queue.this.url
}

output "arn" {
  description = "ARN of the queue"
  value       = aws_sqs_queue.this.arn
}

output "name" {
  description = "Name of the queue"
  value       = aws_sqs_queue.this.name
}

output "dead_letter" {
  description = "The dead-letter queue: url, arn, name"

  value = {
    url  = aws_sqs_queue.dead_letter.url
    arn  = aws_sqs_queue.dead_letter.arn
    name = aws_sqs_queue.dead_letter.name
  }
}

output "backlog_alarms" {
  description = "The alarms of depth and age, which a pause silences: name, arn"

  value = {
    for key in ["depth", "age"] : key => {
      name = aws_cloudwatch_metric_alarm.this[key].alarm_name
      arn  = aws_cloudwatch_metric_alarm.this[key].arn
    }
  }
}
