variable "name" {
  description = "Prefix of every name"
  type        = string
}

variable "here" {
  description = "Account and region"
  type        = object({ account_id = string, region = string })
}

variable "portal_url" {
  description = "Address of the operators' portal, without a slash at the end"
  type        = string
}

variable "tier" {
  description = "Cognito's plan: ESSENTIALS, or PLUS with threat protection at a higher price a user"
  type        = string
  default     = "ESSENTIALS"

  validation {
    condition     = contains(["LITE", "ESSENTIALS", "PLUS"], var.tier)
    error_message = "The tier is LITE, ESSENTIALS or PLUS."
  }
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the user pool"
  type        = bool
}

variable "email_identity_arn" {
  description = "Verified SES identity that sends Cognito's mails; null for Cognito's own, 50 a day"
  type        = string
  default     = null
}

variable "machine_clients" {
  description = "Names of programs that call the API without a person"
  type        = list(string)
  default     = []
}

variable "invite_only" {
  description = "Whether only operators can create accounts, so that strangers cannot sign up"
  type        = bool
  default     = false
}

variable "requests_per_address" {
  description = "Requests from one address to the user pool in five minutes before WAF refuses; null for no WAF"
  type        = number
  default     = null
}

variable "answer_challenge_arn" {
  description = "The function that Cognito asks whether an API key is right. It may be created after the pool."
  type        = string
}

variable "sign_up_arn" {
  description = "The function that Cognito asks before it creates an account. It may be created after the pool."
  type        = string
}
