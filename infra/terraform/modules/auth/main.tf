# The user pool. People sign in with e-mail and password, operators belong to a group, programs have
# client credentials.

resource "aws_cognito_user_pool" "this" {
  name                     = var.name
  user_pool_tier           = var.tier
  deletion_protection      = var.deletion_protection ? "ACTIVE" : "INACTIVE"
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]
  mfa_configuration        = "OPTIONAL"

  username_configuration {
    case_sensitive = false
  }

  # With `invite_only` Cognito refuses SignUp; operators create accounts.
  admin_create_user_config {
    allow_admin_create_user_only = var.invite_only
  }

  lambda_config {
    # It refuses a sign-up while operators or a spent budget keep sign-up closed
    pre_sign_up = var.sign_up_arn

    # It says whether an API key is right. Only the client `keys` allows this kind of sign-in.
    define_auth_challenge          = var.answer_challenge_arn
    create_auth_challenge          = var.answer_challenge_arn
    verify_auth_challenge_response = var.answer_challenge_arn
  }

  software_token_mfa_configuration {
    enabled = true
  }

  password_policy {
    # A long password is stronger than one with many character classes (NIST SP 800-63B)
    minimum_length                   = 12
    require_lowercase                = true
    require_numbers                  = true
    require_symbols                  = false
    require_uppercase                = true
    temporary_password_validity_days = 3
  }

  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }

  user_attribute_update_settings {
    # The former address stays valid until the owner has confirmed the new one
    attributes_require_verification_before_update = ["email"]
  }

  email_configuration {
    # Cognito's own sender stops at 50 mails a day. Beyond a trial, set a verified SES identity.
    email_sending_account = var.email_identity_arn == null ? "COGNITO_DEFAULT" : "DEVELOPER"
    source_arn            = var.email_identity_arn
  }

  dynamic "user_pool_add_ons" {
    for_each = var.tier == "PLUS" ? [1] : []

    content {
      advanced_security_mode = "ENFORCED"
    }
  }
}

resource "aws_cognito_user_pool_domain" "this" {
  domain       = "${var.name}-${var.here.account_id}"
  user_pool_id = aws_cognito_user_pool.this.id
}

resource "aws_cognito_user_group" "operator" {
  for_each = { viewer = "See everything", operator = "Mend tasks and queues", admin = "Also users and purges" }

  name         = each.key
  description  = each.value
  user_pool_id = aws_cognito_user_pool.this.id
}
