variable "name" {
  description = "Prefix of every name. It differs between regions, because IAM roles and buckets share one namespace."
  type        = string
}

variable "here" {
  description = "Account and region of this stack"
  type        = object({ account_id = string, region = string })
}

variable "settings" {
  description = "How this environment differs from the others; modules/environment describes each"

  type = object({
    protected            = bool
    owns_account         = bool
    egress               = string
    log_days             = number
    requests_per_second  = number
    requests_per_address = number
    detailed_monitoring  = bool
    own_keys             = bool
    reserved_concurrency = map(number)
    user_limits          = map(number)
    workers              = any
  })
}

variable "release" {
  description = "Hashes of the released packages; null before the first deploy"
  type        = object({ lambdas = string, worker = string })
}

variable "tables" {
  description = "The DynamoDB tables by short name"
  type        = map(object({ name = string, arn = string, stream_arn = string }))
}

variable "user_pool" {
  description = "User pool whose ID tokens the API accepts, and its client at which API keys are exchanged"
  type        = object({ arn = string, keys_client_id = string })
}

variable "spa_origin" {
  description = "The only web page that may call the API"
  type        = string
}

variable "domains" {
  description = "Own hosts of the APIs and their Route 53 zone, by API; empty for the hosts that AWS assigns"
  type        = map(object({ name = string, zone_id = string }))
}

variable "machine_api" {
  description = "Whether programs get an API of their own"
  type        = bool
}

variable "alarm_emails" {
  description = "E-mail addresses that receive the alarms"
  type        = list(string)
}

variable "rekognition_usd_a_day" {
  description = "The most that Amazon Rekognition may cost in a day; 0 does not offer it"
  type        = number
  default     = 0
}

variable "fine_when_idle" {
  description = "Whether workers without other pictures look closer, where nobody chose"
  type        = bool
  default     = false
}

variable "live" {
  description = "Whether frames of cameras are recognised as they come; docs/cost.md says what that costs"
  type        = bool
  default     = false
}

variable "models" {
  description = "Added models: those that requests may name, and those for requests that name none"
  type        = object({ offered = list(string), usual = list(string) })
  default     = { offered = [], usual = ["spotter"] }
}

variable "accept_heic" {
  description = "Whether HEIC pictures are taken; docs/formats.md says whose patents they need"
  type        = bool
  default     = true
}

variable "region_of_several" {
  description = "All regions of the system, the oldest first, how Route 53 sends callers here, and where the other regions say how they are; null in a system of one region"

  type = object({
    regions          = list(string)
    front            = object({ health_check_id = string, own_host = string })
    peer_health_urls = list(string)
  })

  default = null
}

variable "email_identity_arn" {
  description = "SES identity that mails to users come from; null for no mail"
  type        = string
  default     = null
}
