# Buckets of the pictures, of the releases (code and weights by hash), and of the access logs.

module "images" {
  source = "../bucket"

  name = "${var.name}-images-${var.here.account_id}"
  # A deleted picture must be gone. With versions an old one would stay readable. Replication needs versions:
  # there it is hidden at once, and gone a day later.
  versioned       = var.replicated
  noncurrent_days = var.replicated ? 1 : 30
  expire_days     = var.retention_days
  # Where forms store pictures. `uploaded` moves them away at once; this is for what it missed.
  # An export ends after a day: `LIFETIME` in pipeline/core/exports/record.py.
  expire_prefixes = { "uploads/" = 1, "exports/" = 1 }
  force_destroy   = var.force_destroy
  log_bucket      = module.logs.name
}

resource "aws_s3_bucket_cors_configuration" "images" {
  bucket = module.images.name

  cors_rule {
    allowed_origins = [var.spa_origin]
    allowed_methods = ["GET", "POST"] # GET shows a picture, POST sends the presigned form
    allowed_headers = ["*"]
    max_age_seconds = 3600
  }
}

module "artefacts" {
  source = "../bucket"

  name          = "${var.name}-artefacts-${var.here.account_id}"
  versioned     = true
  force_destroy = var.force_destroy
  log_bucket    = module.logs.name
}

module "logs" {
  source = "../bucket"

  name          = "${var.name}-logs-${var.here.account_id}"
  versioned     = false
  expire_days   = 90
  force_destroy = var.force_destroy

  policy_statements = [
    {
      Sid       = "LogWriters"
      Effect    = "Allow"
      Principal = { Service = ["logging.s3.amazonaws.com", "delivery.logs.amazonaws.com"] }
      Action    = "s3:PutObject"
      Resource  = "arn:aws:s3:::${var.name}-logs-${var.here.account_id}/*"
      Condition = { StringEquals = { "aws:SourceAccount" = var.here.account_id } }
    },
    {
      Sid       = "FlowLogCheck"
      Effect    = "Allow"
      Principal = { Service = "delivery.logs.amazonaws.com" }
      Action    = ["s3:GetBucketAcl", "s3:ListBucket"]
      Resource  = "arn:aws:s3:::${var.name}-logs-${var.here.account_id}"
      Condition = { StringEquals = { "aws:SourceAccount" = var.here.account_id } }
    },
  ]
}

# Functions need a package before the first deploy: a zip that contains one line.
resource "aws_s3_object" "before_first_deploy" {
  bucket         = module.artefacts.name
  key            = "lambdas/before-first-deploy.zip"
  content_base64 = "UEsDBBQAAAAAAAAAIQAoHkilEQAAABEAAAATAAAAYmVmb3JlLWZpcnN0LWRlcGxveVJ1biBtYWtlIGRlcGxveS4KUEsBAhQDFAAAAAAAAAAhACgeSKURAAAAEQAAABMAAAAAAAAAAAAAAIABAAAAAGJlZm9yZS1maXJzdC1kZXBsb3lQSwUGAAAAAAEAAQBBAAAAQgAAAAAA"
}
