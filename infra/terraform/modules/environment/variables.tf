variable "environment" {
  description = "Name of the environment; every name on AWS begins with spotter-NAME"
  type        = string
}

variable "settings" {
  description = "How this environment differs from the others"

  type = object({
    protected            = bool        # Tables, pictures and users survive a mistaken `terraform destroy`
    owns_account         = bool        # Exactly one environment of an account sets what exists once per account
    egress               = string      # How workers reach AWS: see modules/network
    cognito_tier         = string      # ESSENTIALS or PLUS
    log_days             = number      # How long logs are kept
    requests_per_second  = number      # Limit for all callers together. Bursts may be twice as high
    requests_per_address = number      # In five minutes, before WAF refuses; null for no WAF
    detailed_monitoring  = bool        # An alarm per function, error budgets, metrics per stage and error code
    own_keys             = bool        # Alarms are encrypted with a KMS key of our own, for 1 USD a month
    monthly_budget_usd   = number      # Operators are notified when a month costs more
    reserved_concurrency = map(number) # The most that runs at once, by function, where the account has so much
    account_concurrency  = number      # Functions that the account may run at once, unless an option says another number
    user_limits          = map(number) # Limits of each user that differ from the code's, such as MAX_UNFINISHED_TASKS
    workers              = any         # See modules/workers
  })
}

variable "alarm_emails" {
  description = "E-mail addresses that receive the alarms"
  type        = list(string)
}

variable "options" {
  description = "What an operator may add; terraform.tfvars.example shows each"

  type = object({
    domain             = optional(object({ name = string, zone_id = string })) # And its Route 53 zone
    email_identity_arn = optional(string)                                      # Without a verified SES identity Cognito sends 50 mails a day
    machine_clients    = optional(list(string), [])                            # Programs that call the API with client credentials
    invite_only        = optional(bool, false)                                 # Only operators create accounts
    github_repository  = optional(string)                                      # owner/name whose workflows may plan and deploy
    accept_heic        = optional(bool, true)                                  # Photos of iPhones; docs/formats.md says whose patents they need

    live = optional(bool, false) # Frames of cameras, recognised as they come; docs/cost.md says what that costs

    rekognition_usd_a_day = optional(number, 0) # The most that Amazon Rekognition may cost in a day; 0 does not offer it

    fine_when_idle = optional(bool, false) # Workers without other pictures look closer, where nobody chose

    # Added models, by name: those that requests may name, and those for requests that name none
    models = optional(object({ offered = optional(list(string), []), usual = optional(list(string), ["spotter"]) }), {})

    # Another region that runs the whole system too, and how its workers differ; docs/regions.md. It needs a domain
    second_region  = optional(string)
    second_workers = optional(object({ concurrent_users = optional(number), survive_zone_loss = optional(bool), warm_pool_size = optional(number), sleeps = optional(bool) }), {})
    second_egress  = optional(string) # How the workers of the second region reach AWS, if not as those of the first
    witness_region = optional(string) # Makes the tables strongly consistent: this region only votes

    account_concurrency = optional(number) # Lambda's quota of this account: `aws lambda get-account-settings` prints it
  })

  validation {
    condition     = var.options.second_region == null || var.options.domain != null
    error_message = "Two regions answer to one name: set options.domain."
  }

  validation {
    condition     = var.options.witness_region == null || var.options.second_region != null
    error_message = "A witness votes between two regions: set options.second_region."
  }
}

# Of modules/second_region

variable "second_live_origin" {
  description = "Scheme and host of the second region's WebSocket API"
  type        = string
  default     = null
}

variable "second_alarm_topic_arn" {
  description = "Topic that the alarms of the second region go to"
  type        = string
  default     = null
}

variable "second_images" {
  description = "Bucket of the second region's pictures"
  type        = object({ name = string, arn = string })
  default     = null
}

variable "second_page" {
  description = "Bucket of the page in the second region"
  type        = object({ name = string, arn = string })
  default     = null
}

variable "second_artefacts_bucket" {
  description = "Bucket of the second region's releases and weights"
  type        = string
  default     = null
}

variable "second_task_queue_url" {
  description = "URL of the second region's task queue"
  type        = string
  default     = null
}
