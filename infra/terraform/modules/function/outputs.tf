output "name" {
  description = "Name of the function"
  value       = aws_lambda_function.this.function_name
}

output "arn" {
  description = "ARN of the function"
  value       = aws_lambda_function.this.arn
}

output "invoke_arn" {
  description = "ARN that API Gateway calls"
  value       = aws_lambda_function.this.invoke_arn
}

output "log_group_name" {
  description = "Log group of the function"
  value       = aws_cloudwatch_log_group.this.name
}

output "role_name" {
  description = "Name of the function's role"
  value       = aws_iam_role.this.name
}
