output "arn" {
  description = "ARN of the topic"
  value       = aws_sns_topic.this.arn
}

output "key_arn" {
  description = "ARN of the key that encrypts the topic, which budgets may use too; null without one"
  value       = one(aws_kms_key.this[*].arn)
}
