output "url" {
  description = "Address of the portal"
  value       = "https://${local.host}"
}

output "stage" {
  description = "Zappa's stage; with the project before it, the name of the function"
  value       = local.stage
}

output "role_name" {
  description = "Name of the function's role"
  value       = aws_iam_role.this.name
}

output "packages_bucket" {
  description = "Bucket that Zappa uploads to"
  value       = module.packages.name
}

output "secrets_parameter" {
  description = "SSM parameter that `make deploy` writes the secrets to"
  value       = local.secrets
}
