variable "name" {
  description = "Prefix of every name"
  type        = string
}

variable "here" {
  description = "Account and region"
  type        = object({ account_id = string, region = string })
}

variable "repository" {
  description = "owner/name on GitHub"
  type        = string
}

variable "environment" {
  description = "GitHub environment whose jobs may deploy"
  type        = string
}

variable "plans_pull_requests" {
  description = "Whether pull requests may plan: false where people's data is"
  type        = bool
}

variable "create_provider" {
  description = "Whether to make the account's OIDC provider: true for one environment an account"
  type        = bool
}
