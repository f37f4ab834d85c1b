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
    regional   = optional(bool, false) # Each region has one of its own

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

variable "replica_regions" {
  description = "Other regions that have the tables too"
  type        = list(string)
  default     = []
}

variable "consistency" {
  description = "EVENTUAL: any regions, and the last writer wins after about a second. STRONG: two regions and a witness, or three regions, of one set of regions; conditions hold everywhere, and nothing expires by itself"
  type        = string
  default     = "EVENTUAL"

  validation {
    condition     = contains(["EVENTUAL", "STRONG"], var.consistency)
    error_message = "The consistency is EVENTUAL or STRONG."
  }
}

variable "witness_region" {
  description = "Region that only votes; two strongly consistent regions need one"
  type        = string
  default     = null

  validation {
    condition     = (var.consistency == "STRONG" && length(var.replica_regions) == 1) == (var.witness_region != null)
    error_message = "Two strongly consistent regions need a witness, and nothing else has one."
  }
}
