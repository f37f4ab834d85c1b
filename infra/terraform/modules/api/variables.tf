variable "name" {
  description = "Name of the API"
  type        = string
}

variable "here" {
  description = "Account and region"
  type        = object({ account_id = string, region = string })
}

variable "functions" {
  description = "The functions by module name"
  type        = map(object({ name = string, arn = string, invoke_arn = string }))
}

variable "user_pool_arn" {
  description = "User pool whose tokens the API accepts"
  type        = string
}

variable "spa_origin" {
  description = "The only web page that may call the API"
  type        = string
}

variable "scope" {
  description = "Scope that programs need; null for the API of people"
  type        = string
  default     = null
}

variable "domain" {
  description = "Host of the API and its Route 53 zone; null for the one that AWS gives"
  type        = object({ name = string, zone_id = string })
  default     = null
}

variable "front" {
  description = "Health check by which Route 53 sends callers here, and a host of this region alone; null in a system of one region"
  type        = object({ health_check_id = string, own_host = optional(string) })
  default     = null
}

variable "requests_per_second" {
  description = "Steady rate of all callers together; bursts may be twice as high"
  type        = number
}

variable "health_per_second" {
  description = "Calls of /health with one method, of all callers together. The gateway refuses more, for free"
  type        = number
  default     = 5
}

variable "tokens_per_second" {
  description = "Steady rate of POST /token of all callers together, which needs no token; bursts may be twice as high"
  type        = number
  default     = 20
}

variable "requests_per_address" {
  description = "Requests from one address in five minutes before WAF refuses; null for no WAF"
  type        = number
  default     = null
}

variable "open_requests_per_address" {
  description = "Calls of POST /token and GET /health from one address in five minutes before WAF refuses, where there is a WAF. More than POST /token lets one address exchange"
  type        = number
  default     = 300
}

variable "requests_per_token" {
  description = "Requests with one token in five minutes before WAF refuses, where there is a WAF. More than the functions let one user send."
  type        = number
  default     = 15000
}

variable "manage_account" {
  description = "Whether this API sets the account's log role: true for one API an account and region"
  type        = bool
}

variable "log_days" {
  description = "Days for which logs are kept"
  type        = number
}

variable "alarm_topic_arn" {
  description = "Topic that the alarms go to"
  type        = string
}

variable "latency_alarm" {
  description = "Whether operators are notified when one request in a hundred is slow"
  type        = bool
}
