#!/bin/bash
# First boot: download the release that Terraform names, check its hash, and install it.
set -euo pipefail

install -d -m 0755 /etc/spotter /opt/spotter
cat >/etc/spotter/worker.env <<'ENVIRONMENT'
AWS_REGION=${region}
AWS_DEFAULT_REGION=${region}
VERSION=${version}
AWS_USE_DUALSTACK_ENDPOINT=${dual_stack}
%{ for key, value in environment ~}
${key}=${value}
%{ endfor ~}
ENVIRONMENT
cat >/etc/spotter/instance.env <<'ENVIRONMENT'
AWS_DEFAULT_REGION=${region}
ARTEFACTS_BUCKET=${bucket}
GROUP_NAME=${group}
LOG_GROUP=${logs}
AWS_USE_DUALSTACK_ENDPOINT=${dual_stack}
ENVIRONMENT
export AWS_USE_DUALSTACK_ENDPOINT=${dual_stack}
%{ if dual_stack ~}
# Session Manager: agents before 3.3.3270 know only IPv4, and the instance then has no shell.
echo '{"Agent": {"UseDualStackEndpoint": true}}' >/etc/amazon/ssm/amazon-ssm-agent.json
systemctl restart amazon-ssm-agent || true
%{ endif ~}

aws s3 cp --region '${region}' --only-show-errors 's3://${bucket}/${key}' /opt/spotter/release.tar.gz
echo '${sha256}  /opt/spotter/release.tar.gz' | sha256sum --check --quiet
tar --extract --gzip --no-same-owner --directory /opt/spotter --file /opt/spotter/release.tar.gz
rm /opt/spotter/release.tar.gz
bash /opt/spotter/install.sh
