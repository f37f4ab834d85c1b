variable "name" {
  description = "Prefix of every name"
  type        = string
}

variable "here" {
  description = "Account and region"
  type        = object({ account_id = string, region = string })
}

variable "retention_days" {
  description = "Days for which pictures are kept; equals the TTL of the tasks"
  type        = number
}

variable "spa_origin" {
  description = "The only web page that may send and show pictures"
  type        = string
}

variable "force_destroy" {
  description = "Whether `terraform destroy` may delete pictures and releases too"
  type        = bool
}

variable "replicated" {
  description = "Whether another region has the pictures too"
  type        = bool
  default     = false
}
