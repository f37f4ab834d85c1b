variable "name" {
  description = "Prefix of every name"
  type        = string
}

variable "account_id" {
  description = "Account of the buckets"
  type        = string
}

variable "first" {
  description = "Bucket of the first region; it has versions"
  type        = object({ region = string, name = string, arn = string })
}

variable "second" {
  description = "Bucket of the second region; it has versions"
  type        = object({ region = string, name = string, arn = string })
}

variable "prefix" {
  description = "Only keys that begin so are copied; empty for all"
  type        = string
  default     = ""
}

variable "both_ways" {
  description = "Whether objects of the second bucket are copied to the first one too"
  type        = bool
}
