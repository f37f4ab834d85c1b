output "tables" {
  description = "Full name and ARN by short name"
  value       = { for key, table in aws_dynamodb_table.this : key => { name = table.name, arn = table.arn } }
}
