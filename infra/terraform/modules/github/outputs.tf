output "role_arns" {
  description = "Roles for the workflows' settings: plan, deploy"
  value       = { for key, role in aws_iam_role.this : key => role.arn }
}

output "workflows" {
  description = "Names of the workflows that have a role"
  value       = keys(local.roles)
}
