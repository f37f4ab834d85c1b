# The environment "dev". Everything that is the same in every environment is in modules/environment.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  # `make deploy` creates the bucket and passes its name. The lock is an object beside the state.
  backend "s3" {
    key          = "terraform.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = "spotter"
      Environment = "dev"
    }
  }
}

module "environment" {
  source       = "../../modules/environment"
  environment  = "dev"
  alarm_emails = var.alarm_emails
  options      = var.options

  settings = {
    protected            = false # `make destroy` removes everything
    owns_account         = true
    egress               = "ipv6"
    cognito_tier         = "ESSENTIALS"
    log_days             = 14
    requests_per_second  = 50
    requests_per_address = null
    detailed_monitoring  = false
    own_keys             = false
    monthly_budget_usd   = 10
    reserved_concurrency = { sweep = 1, uploaded = 10 }
    account_concurrency  = 10 # Of a new account. It can reserve nothing until AWS raises it to 111 or more
    user_limits          = {}

    workers = {
      concurrent_users  = 10
      survive_zone_loss = false
      max_size          = 1
      instance_types    = ["t4g.small"]
      vcpus             = 2
      spot_percentage   = 0
      warm_pool_size    = 1 # Halves the wait of the first picture, for 1 USD a month
      sleeps            = true
    }
  }
}

variable "region" {
  description = "AWS region"
  type        = string
  default     = "us-east-1"
}

variable "alarm_emails" {
  description = "E-mail addresses that receive the alarms"
  type        = list(string)
}

variable "options" {
  description = "A domain and more; modules/environment/variables.tf describes each"
  type        = any
  default     = {}
}

output "environment" {
  description = "What `make deploy` needs"
  value       = module.environment
  sensitive   = true # It holds the client secret of the portal's sign-in
}
