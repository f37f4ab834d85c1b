output "user_pool_id" {
  description = "Id of the user pool"
  value       = aws_cognito_user_pool.this.id
}

output "user_pool_arn" {
  description = "ARN of the user pool"
  value       = aws_cognito_user_pool.this.arn
}

output "spa_client_id" {
  description = "Client id of the web page"
  value       = aws_cognito_user_pool_client.spa.id
}

output "keys_client_id" {
  description = "Client id at which API keys are exchanged; tokens of this client are tokens of keys"
  value       = aws_cognito_user_pool_client.keys.id
}

output "portal_client_id" {
  description = "Client id of the portal"
  value       = aws_cognito_user_pool_client.portal.id
}

output "portal_client_secret" {
  description = "Client secret of the portal"
  value       = aws_cognito_user_pool_client.portal.client_secret
  sensitive   = true
}

output "domain" {
  description = "Prefix of the sign-in host"
  value       = aws_cognito_user_pool_domain.this.domain
}
