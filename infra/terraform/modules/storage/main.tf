# Pictures, releases (code and weights by hash), and who read them.

module "images" {
  source = "../bucket"

  name = "${var.name}-images-${var.account_id}"
  # A deleted picture must be gone: an old version would keep it for those who know how to ask.
  versioned     = false
  expire_days   = var.retention_days
  force_destroy = var.force_destroy
  log_bucket    = module.logs.name
}

resource "aws_s3_bucket_cors_configuration" "images" {
  bucket = module.images.name

  cors_rule {
    allowed_origins = [var.spa_origin]
    allowed_methods = ["GET", "POST"] # Show a picture; send the presigned form
    allowed_headers = ["*"]
    max_age_seconds = 3600
  }
}

module "artefacts" {
  source = "../bucket"

  name          = "${var.name}-artefacts-${var.account_id}"
  versioned     = true
  force_destroy = var.force_destroy
  log_bucket    = module.logs.name
}

module "logs" {
  source = "../bucket"

  name          = "${var.name}-logs-${var.account_id}"
  versioned     = false
  expire_days   = 90
  force_destroy = var.force_destroy

  policy_statements = [
    {
      Sid       = "LogWriters"
      Effect    = "Allow"
      Principal = { Service = ["logging.s3.amazonaws.com", "delivery.logs.amazonaws.com"] }
      Action    = "s3:PutObject"
      Resource  = "arn:aws:s3:::${var.name}-logs-${var.account_id}/*"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    },
    {
      Sid       = "FlowLogCheck"
      Effect    = "Allow"
      Principal = { Service = "delivery.logs.amazonaws.com" }
      Action    = ["s3:GetBucketAcl", "s3:ListBucket"]
      Resource  = "arn:aws:s3:::${var.name}-logs-${var.account_id}"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    },
  ]
}
