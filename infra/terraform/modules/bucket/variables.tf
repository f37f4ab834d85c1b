variable "name" {
  description = "Name of the bucket; it is unique in all of AWS"
  type        = string
}

variable "versioned" {
  description = "Whether an overwritten or deleted object can be brought back"
  type        = bool
}

variable "noncurrent_days" {
  description = "Days for which an overwritten or deleted object can be brought back"
  type        = number
  default     = 30
}

variable "force_destroy" {
  description = "Whether `terraform destroy` may delete the objects too"
  type        = bool
}

variable "expire_days" {
  description = "Days after which objects are deleted; null keeps them"
  type        = number
  default     = null
}

variable "expire_prefixes" {
  description = "Prefix of keys to the days after which those objects are deleted, if earlier"
  type        = map(number)
  default     = {}
}

variable "log_bucket" {
  description = "Bucket that receives the access log; null for none"
  type        = string
  default     = null
}

variable "policy_statements" {
  description = "Statements of the bucket policy beyond TLS only"
  type        = any
  default     = []
}
