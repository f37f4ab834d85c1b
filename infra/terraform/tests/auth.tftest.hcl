mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  here                = { account_id = "123456789012", region = "us-east-1" }
  name                = "spotter-test"
  portal_url          = "https://portal.example"
  deletion_protection = true
  sign_up_arn         = "arn:aws:lambda:us-east-1:123456789012:function:spotter-test-sign_up"

  answer_challenge_arn = "arn:aws:lambda:us-east-1:123456789012:function:spotter-test-answer_challenge"
}

run "auth" {
  command = plan

  module {
    source = "./modules/auth"
  }

  assert {
    condition     = aws_cognito_user_pool_client.spa.generate_secret == false && contains(aws_cognito_user_pool_client.spa.explicit_auth_flows, "ALLOW_USER_SRP_AUTH") && length(aws_cognito_user_pool_client.spa.explicit_auth_flows) == 2
    error_message = "The page's client must have no secret and must not send the password."
  }

  assert {
    condition     = one(aws_cognito_user_pool.this.lambda_config).pre_sign_up == var.sign_up_arn
    error_message = "Cognito must ask whether sign-up is open."
  }

  assert {
    condition = (
      aws_cognito_user_pool_client.keys.generate_secret
      && aws_cognito_user_pool_client.keys.explicit_auth_flows == toset(["ALLOW_CUSTOM_AUTH"])
      && aws_cognito_user_pool_client.keys.id_token_validity == 15
      && one(aws_cognito_user_pool_client.keys.token_validity_units).id_token == "minutes"
      && !contains(aws_cognito_user_pool_client.spa.explicit_auth_flows, "ALLOW_CUSTOM_AUTH")
      && !contains(aws_cognito_user_pool_client.portal.explicit_auth_flows, "ALLOW_CUSTOM_AUTH")
    )
    error_message = "Only the client of keys takes them, only with its secret, and its tokens live for 15 minutes."
  }

  assert {
    condition = (
      one(aws_cognito_user_pool.this.lambda_config).define_auth_challenge == var.answer_challenge_arn
      && one(aws_cognito_user_pool.this.lambda_config).create_auth_challenge == var.answer_challenge_arn
      && one(aws_cognito_user_pool.this.lambda_config).verify_auth_challenge_response == var.answer_challenge_arn
    )
    error_message = "Cognito must ask whether a key is right."
  }

  assert {
    condition     = aws_cognito_user_pool_client.spa.prevent_user_existence_errors == "ENABLED"
    error_message = "Answers must not reveal who has an account."
  }

  assert {
    condition = (
      aws_cognito_user_pool_client.portal.generate_secret
      && aws_cognito_user_pool_client.portal.allowed_oauth_flows == toset(["code"])
      && aws_cognito_user_pool_client.portal.callback_urls == toset(["https://portal.example/oidc/callback/"])
    )
    error_message = "The portal must sign in by the code flow with a client secret."
  }

  assert {
    condition = alltrue([for it in [aws_cognito_user_pool_client.spa, aws_cognito_user_pool_client.portal] :
    it.id_token_validity == 60 && it.access_token_validity == 60 && one(it.token_validity_units).id_token == "minutes" && one(it.token_validity_units).access_token == "minutes"])
    error_message = "A stolen token must not work for longer than an hour; lockouts last as long as a token."
  }

  assert {
    condition = (
      aws_cognito_user_pool_client.spa.refresh_token_validity == 30 && one(aws_cognito_user_pool_client.spa.token_validity_units).refresh_token == "days"
      && aws_cognito_user_pool_client.portal.refresh_token_validity == 8 && one(aws_cognito_user_pool_client.portal.token_validity_units).refresh_token == "hours"
      && aws_cognito_user_pool_client.spa.enable_token_revocation && aws_cognito_user_pool_client.portal.enable_token_revocation
    )
    error_message = "Sessions must end: after 30 days on the page, after a shift in the portal, and at once if they are revoked."
  }

  assert {
    condition     = one(aws_cognito_user_pool.this.password_policy).minimum_length >= 12 && aws_cognito_user_pool.this.auto_verified_attributes == toset(["email"])
    error_message = "Passwords must be long, and addresses must be confirmed."
  }

  assert {
    condition     = aws_cognito_user_pool.this.deletion_protection == "ACTIVE"
    error_message = "The user pool must be protected from deletion."
  }

  assert {
    condition     = one(aws_cognito_user_pool.this.admin_create_user_config).allow_admin_create_user_only == false && length(aws_wafv2_web_acl.this) == 0
    error_message = "Invitations and the firewall must be options."
  }

  assert {
    condition     = keys(aws_cognito_user_group.operator) == ["admin", "operator", "viewer"]
    error_message = "The groups must be those that the portal knows."
  }

  assert {
    condition     = length(aws_cognito_user_pool_client.machine) == 0 && length(aws_cognito_resource_server.api) == 0
    error_message = "There must be no client for programs unless one is named."
  }
}

run "invite_only_behind_a_firewall" {
  command = plan

  module {
    source = "./modules/auth"
  }

  variables {
    invite_only          = true
    requests_per_address = 100
  }

  assert {
    condition     = one(aws_cognito_user_pool.this.admin_create_user_config).allow_admin_create_user_only
    error_message = "With invite_only nobody may sign up."
  }

  assert {
    condition     = one(one(one(aws_wafv2_web_acl.this[0].rule).statement).rate_based_statement).limit == 100 && length(aws_wafv2_web_acl_association.this) == 1
    error_message = "The firewall must limit each address at the user pool."
  }
}

run "machine_clients" {
  command = plan

  module {
    source = "./modules/auth"
  }

  variables {
    machine_clients = ["importer"]
  }

  assert {
    condition = (
      aws_cognito_user_pool_client.machine["importer"].allowed_oauth_flows == toset(["client_credentials"])
      && aws_cognito_user_pool_client.machine["importer"].allowed_oauth_scopes == toset(["spotter/recognise"])
      && aws_cognito_user_pool_client.machine["importer"].generate_secret
    )
    error_message = "Each program must have its own secret and one scope."
  }

  assert {
    condition     = aws_cognito_user_pool_client.machine["importer"].access_token_validity == 60 && one(aws_cognito_user_pool_client.machine["importer"].token_validity_units).access_token == "minutes"
    error_message = "A program's token must not work for longer than an hour."
  }
}
