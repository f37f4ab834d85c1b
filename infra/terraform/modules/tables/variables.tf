variable "name" {
  description = "Prefix of every name"
  type        = string
}

variable "tables" {
  description = "Tables by their short name, as contract.json has them"

  type = map(object({
    hash_key   = string
    range_key  = optional(string)
    attributes = map(string)
    ttl        = optional(string)
    stream     = optional(string)

    indexes = map(object({
      keys               = list(object({ name = string, type = string }))
      projection         = string
      non_key_attributes = optional(list(string))
    }))
  }))
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the tables"
  type        = bool
}
