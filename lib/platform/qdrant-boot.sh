# What the machine of Qdrant does at every boot: it becomes what this version says, whatever it was before. The lines above this one
# set REGION, VERSION, BUCKET, SECRET and VOLUME. It has no way out: Amazon's repositories, S3 and Secrets Manager are all it reaches.
set -euo pipefail
data=/var/lib/qdrant

# The volume is attached when the machine is there, which may be after this has begun. One that somebody put in its place is taken too.
device=
for _ in $(seq 300); do
  for candidate in "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${VOLUME//-/}" /dev/sdf; do
    [ -e "$candidate" ] && device=$candidate && break 2
  done
  sleep 2
done
[ -n "$device" ] || { echo 'There is no volume'; exit 1; }
blkid "$device" >/dev/null || mkfs.xfs "$device"
mkdir -p "$data"
mountpoint -q "$data" || mount -o noatime "$device" "$data"
# A larger volume is used as far as it goes.
xfs_growfs "$data" >/dev/null
id qdrant >/dev/null 2>&1 || useradd --system --home-dir "$data" --shell /sbin/nologin qdrant
mkdir -p "$data"/{storage,snapshots,releases}
chown qdrant:qdrant "$data" "$data"/{storage,snapshots,releases}

cat >/etc/qdrant.env <<SETTINGS
AWS_REGION=$REGION
VERSION=$VERSION
BUCKET=$BUCKET
SECRET=$SECRET
SETTINGS

cat >/etc/qdrant.yaml <<'SETTINGS'
log_level: INFO
telemetry_disabled: true
storage:
  storage_path: /var/lib/qdrant/storage
  snapshots_path: /var/lib/qdrant/snapshots
  on_disk_payload: true
service:
  host: 0.0.0.0
  http_port: 6333
  grpc_port: null
SETTINGS

cat >/usr/local/bin/qdrant-key <<'SCRIPT'
#!/bin/bash
exec aws secretsmanager get-secret-value --secret-id "$SECRET" --query SecretString --output text
SCRIPT

# Tried again until the release is in the bucket. An empty volume begins with the newest snapshot, if there is one.
cat >/usr/local/bin/qdrant-run <<'SCRIPT'
#!/bin/bash
set -euo pipefail
data=/var/lib/qdrant
release=$data/releases/$VERSION
if [ ! -x "$release/qdrant" ]; then
  rm -rf "$release.part"
  mkdir "$release.part"
  aws s3 cp --only-show-errors "s3://$BUCKET/releases/qdrant-$VERSION-aarch64-unknown-linux-musl.tar.gz" "$release.part/archive"
  tar -xzf "$release.part/archive" -C "$release.part" qdrant
  rm "$release.part/archive"
  mv "$release.part" "$release"
fi
rm -f "$data/restore.snapshot"
restore=()
if [ -z "$(ls -A "$data/storage")" ]; then
  newest=$(aws s3api list-objects-v2 --bucket "$BUCKET" --prefix snapshots/ --query 'sort_by(Contents || `[]`, &LastModified)[-1].Key' --output text)
  if [ "$newest" != None ]; then
    aws s3 cp --only-show-errors "s3://$BUCKET/$newest" "$data/restore.snapshot"
    restore=(--storage-snapshot "$data/restore.snapshot")
  fi
fi
QDRANT__SERVICE__API_KEY=$(qdrant-key)
export QDRANT__SERVICE__API_KEY
cd "$data"
exec "$release/qdrant" --config-path /etc/qdrant.yaml "${restore[@]}"
SCRIPT

# The whole storage, as one file that a volume can begin with.
cat >/usr/local/bin/qdrant-snapshot <<'SCRIPT'
#!/bin/bash
set -euo pipefail
snapshots=/var/lib/qdrant/snapshots
key=$(qdrant-key)
curl --fail --silent --show-error --max-time 3600 --request POST --header "api-key: $key" http://127.0.0.1:6333/snapshots >/dev/null
file=$(find "$snapshots" -maxdepth 1 -name '*.snapshot' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-)
aws s3 cp --only-show-errors "$file" "s3://$BUCKET/snapshots/$(date -u +%Y-%m-%dT%H%M%SZ).snapshot"
find "$snapshots" -maxdepth 1 -name '*.snapshot*' -delete
SCRIPT
chmod 755 /usr/local/bin/qdrant-{key,run,snapshot}

# What it says is read from outside: aws ec2 get-console-output. There is no other way in.
cat >/etc/systemd/system/qdrant.service <<'UNIT'
[Unit]
Description=Qdrant
RequiresMountsFor=/var/lib/qdrant
StartLimitIntervalSec=0
[Service]
User=qdrant
EnvironmentFile=/etc/qdrant.env
ExecStart=/usr/local/bin/qdrant-run
Restart=always
RestartSec=15
LimitNOFILE=65536
StandardOutput=journal+console
StandardError=journal+console
NoNewPrivileges=true
ProtectSystem=strict
ReadWritePaths=/var/lib/qdrant
ProtectHome=true
PrivateTmp=true
UNIT

cat >/etc/systemd/system/qdrant-snapshot.service <<'UNIT'
[Unit]
Description=Snapshot of Qdrant to S3
[Service]
Type=oneshot
User=qdrant
EnvironmentFile=/etc/qdrant.env
ExecStart=/usr/local/bin/qdrant-snapshot
StandardOutput=journal+console
StandardError=journal+console
UNIT

cat >/etc/systemd/system/qdrant-snapshot.timer <<'UNIT'
[Timer]
OnCalendar=*-*-* 03:00:00 UTC
RandomizedDelaySec=600
UNIT

systemctl daemon-reload
systemctl restart qdrant.service
systemctl start qdrant-snapshot.timer
