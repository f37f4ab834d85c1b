output "names" {
  description = "Full names by short name"
  value       = { for key, table in aws_dynamodb_table.this : key => table.name }
}

output "arns" {
  description = "ARNs by short name"
  value       = { for key, table in aws_dynamodb_table.this : key => table.arn }
}
