#!/bin/bash
# Installs the release around this file. Run as root by the user data, once.
set -euo pipefail
cd "$(dirname "$0")"
set -a && source /etc/spotter/instance.env && set +a

# Amazon Linux's repositories are in S3, so no way to the internet is needed.
dnf install --assumeyes --quiet python3.13 amazon-cloudwatch-agent logrotate

# Weights have their own objects, named by hash, so a release of code does not upload them again.
# Those of added models are in folders below weights/models.
while read -r sha256 name; do
  install -d "$(dirname "weights/$name")"
  aws s3 cp --region "$AWS_DEFAULT_REGION" --only-show-errors \
    "s3://$ARTEFACTS_BUCKET/weights/$sha256/$name" "weights/$name"
done <weights.sha256
(cd weights && sha256sum --check --quiet ../weights.sha256)

useradd --system --no-create-home --shell /sbin/nologin spotter
install -d -o spotter -g spotter -m 0750 /var/log/spotter
cat >>/etc/spotter/worker.env <<ENVIRONMENT
WEIGHTS_DIR=/opt/spotter/weights
HEALTH_FILE=/run/spotter/health.json
WORKER_NAME=$(cloud-init query instance_id)
ENVIRONMENT

sed "s|LOG_GROUP|$LOG_GROUP|; s|\"DUAL_STACK\"|$AWS_USE_DUALSTACK_ENDPOINT|" units/cloudwatch-agent.json >/etc/spotter/cloudwatch-agent.json
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl \
  -a fetch-config -m ec2 -s -c file:/etc/spotter/cloudwatch-agent.json

install -m 0644 units/logrotate.conf /etc/logrotate.d/spotter
install -m 0644 units/spotter-worker.service units/spotter-lifecycle.service /etc/systemd/system/
systemctl daemon-reload
# Only this unit starts at boot. It starts the worker when Auto Scaling wants the instance in service.
systemctl enable --now spotter-lifecycle.service
