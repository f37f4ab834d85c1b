# The page signs in by SRP. It has no client secret, because a browser cannot keep one.
resource "aws_cognito_user_pool_client" "spa" {
  name                          = "spa"
  user_pool_id                  = aws_cognito_user_pool.this.id
  generate_secret               = false
  explicit_auth_flows           = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
  prevent_user_existence_errors = "ENABLED"
  enable_token_revocation       = true
  id_token_validity             = 60
  access_token_validity         = 60
  refresh_token_validity        = 30

  token_validity_units {
    id_token      = "minutes"
    access_token  = "minutes"
    refresh_token = "days"
  }
}

# The portal's server exchanges a code for tokens, with a secret.
resource "aws_cognito_user_pool_client" "portal" {
  name                                 = "portal"
  user_pool_id                         = aws_cognito_user_pool.this.id
  generate_secret                      = true
  explicit_auth_flows                  = ["ALLOW_REFRESH_TOKEN_AUTH"]
  prevent_user_existence_errors        = "ENABLED"
  enable_token_revocation              = true
  supported_identity_providers         = ["COGNITO"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_scopes                 = ["openid", "email", "profile"]
  callback_urls                        = ["${var.portal_url}/oidc/callback/"]
  logout_urls                          = ["${var.portal_url}/"]
  id_token_validity                    = 60
  access_token_validity                = 60
  refresh_token_validity               = 8

  token_validity_units {
    id_token      = "minutes"
    access_token  = "minutes"
    refresh_token = "hours" # One working shift
  }
}

# POST /token exchanges API keys here. Without the secret, which only that function reads, nobody can begin. It
# passes on the ID token only: the other tokens could change the account, so they end as early as Cognito allows.
resource "aws_cognito_user_pool_client" "keys" {
  name                          = "keys"
  user_pool_id                  = aws_cognito_user_pool.this.id
  generate_secret               = true
  explicit_auth_flows           = ["ALLOW_CUSTOM_AUTH"]
  prevent_user_existence_errors = "ENABLED"
  enable_token_revocation       = true
  id_token_validity             = 15 # TOKEN_LIFETIME in pipeline/core/keys/tokens.py
  access_token_validity         = 5
  refresh_token_validity        = 1

  token_validity_units {
    id_token      = "minutes"
    access_token  = "minutes"
    refresh_token = "hours"
  }
}

resource "aws_cognito_resource_server" "api" {
  count = length(var.machine_clients) > 0 ? 1 : 0

  identifier   = "spotter"
  name         = "Spotter API"
  user_pool_id = aws_cognito_user_pool.this.id

  scope {
    scope_name        = "recognise"
    scope_description = "Send pictures and read their results"
  }
}

# Programs sign in with client credentials. Each has its own client, so each can be disabled alone.
resource "aws_cognito_user_pool_client" "machine" {
  for_each = toset(var.machine_clients)

  name                                 = each.key
  user_pool_id                         = aws_cognito_user_pool.this.id
  generate_secret                      = true
  enable_token_revocation              = true
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["client_credentials"]
  allowed_oauth_scopes                 = ["spotter/recognise"]
  access_token_validity                = 60

  token_validity_units {
    access_token = "minutes"
  }

  depends_on = [aws_cognito_resource_server.api]
}
