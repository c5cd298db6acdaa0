CREATE TABLE accounts (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('user', 'robot')),
  name TEXT NOT NULL UNIQUE,
  project_id TEXT REFERENCES projects (id),
  secret TEXT NOT NULL,
  environment TEXT,
  expires_at INTEGER,
  disabled_at INTEGER,
  tokens_from INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL
) STRICT;

CREATE TABLE acquisitions (
  id TEXT NOT NULL PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  repository_id TEXT NOT NULL REFERENCES repositories (id),
  source TEXT NOT NULL,
  upstream TEXT NOT NULL,
  reference TEXT NOT NULL,
  digest TEXT,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'copying', 'judging', 'promoted', 'held', 'refused', 'failed')),
  reason TEXT NOT NULL,
  progress TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  finished_at INTEGER,
  version INTEGER NOT NULL
) STRICT;

CREATE INDEX acquisitions_reference ON acquisitions (repository_id, reference, id);

CREATE INDEX acquisitions_repository ON acquisitions (repository_id, id);

CREATE INDEX acquisitions_source ON acquisitions (source, id);

CREATE INDEX acquisitions_state ON acquisitions (state, id);

CREATE UNIQUE INDEX acquisitions_under_way ON acquisitions (repository_id, reference) WHERE finished_at IS NULL;

CREATE INDEX acquisitions_upstream ON acquisitions (upstream, digest, id);

CREATE TABLE approvals (
  project_id TEXT NOT NULL REFERENCES projects (id),
  repository_id TEXT NOT NULL REFERENCES repositories (id),
  digest TEXT NOT NULL,
  environment TEXT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('approved', 'refused')),
  reason TEXT NOT NULL,
  verdict TEXT,
  valid_until INTEGER,
  decided_at INTEGER NOT NULL,
  decided_by TEXT NOT NULL,
  PRIMARY KEY (repository_id, digest, environment)
) STRICT, WITHOUT ROWID;

CREATE TABLE blobs (
  digest TEXT NOT NULL PRIMARY KEY,
  size INTEGER NOT NULL,
  storage_key TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  verified_at INTEGER NOT NULL,
  damaged_at INTEGER
) STRICT;

CREATE INDEX blobs_verified ON blobs (verified_at);

CREATE TABLE documents (
  project_id TEXT NOT NULL REFERENCES projects (id),
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  revision INTEGER NOT NULL,
  digest TEXT NOT NULL,
  content TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  is_removed INTEGER NOT NULL,
  PRIMARY KEY (project_id, kind, name, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE due_images (
  image_id INTEGER PRIMARY KEY,
  project_id TEXT NOT NULL,
  priority INTEGER NOT NULL,
  since INTEGER NOT NULL,
  cause TEXT NOT NULL,
  leased_until INTEGER,
  lease TEXT
) STRICT;

CREATE INDEX due_images_order ON due_images (priority, since, image_id);

CREATE TABLE event_cursors (
  consumer TEXT NOT NULL PRIMARY KEY,
  cursor TEXT NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE events (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  project_id TEXT,
  type TEXT NOT NULL,
  subject TEXT NOT NULL,
  actor TEXT NOT NULL,
  time INTEGER NOT NULL,
  data TEXT NOT NULL
) STRICT;

CREATE TABLE finding_names (
  name TEXT NOT NULL,
  package_version_id INTEGER NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (name, package_version_id, id),
  FOREIGN KEY (package_version_id, id) REFERENCES package_findings (package_version_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX finding_names_finding ON finding_names (package_version_id, id);

CREATE TABLE grants (
  account_id TEXT NOT NULL REFERENCES accounts (id),
  project_id TEXT REFERENCES projects (id),
  role TEXT NOT NULL,
  scope TEXT NOT NULL,
  environment TEXT NOT NULL,
  PRIMARY KEY (account_id, role, scope, environment)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_keys (
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  request TEXT NOT NULL,
  status INTEGER,
  body TEXT,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_expires ON idempotency_keys (expires_at);

CREATE TABLE image_inventories (
  project_id TEXT NOT NULL REFERENCES projects (id),
  repository_id TEXT NOT NULL REFERENCES repositories (id),
  digest TEXT NOT NULL,
  inventory_id INTEGER REFERENCES inventories (id),
  unknowns TEXT NOT NULL,
  analysed_at INTEGER NOT NULL,
  PRIMARY KEY (repository_id, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX image_inventories_inventory ON image_inventories (inventory_id);

CREATE TABLE image_uses (
  place TEXT NOT NULL,
  project_id TEXT NOT NULL REFERENCES projects (id),
  repository_id TEXT NOT NULL REFERENCES repositories (id),
  digest TEXT NOT NULL,
  environment TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (place, repository_id, digest, environment)
) STRICT, WITHOUT ROWID;

CREATE INDEX image_uses_image ON image_uses (repository_id, digest);

CREATE TABLE images (
  id INTEGER PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  repository_id TEXT NOT NULL,
  digest TEXT NOT NULL,
  repository_name TEXT NOT NULL,
  lifecycle TEXT NOT NULL,
  is_deleted INTEGER NOT NULL,
  inventory_id INTEGER REFERENCES inventories (id),
  package_count INTEGER,
  unknown_count INTEGER NOT NULL,
  platform TEXT,
  created_at INTEGER NOT NULL,
  base TEXT,
  severities INTEGER NOT NULL,
  badness INTEGER NOT NULL,
  score INTEGER,
  used_at INTEGER,
  counts TEXT,
  UNIQUE (repository_id, digest),
  FOREIGN KEY (repository_id, digest) REFERENCES manifests (repository_id, digest)
) STRICT;

CREATE INDEX images_base ON images (base);

CREATE INDEX images_inventory ON images (inventory_id);

CREATE INDEX images_name ON images (repository_name, id, is_deleted, lifecycle, severities, score, created_at, used_at, inventory_id, repository_id);

CREATE INDEX images_newest ON images (created_at, id, is_deleted, lifecycle, severities, score, used_at, inventory_id, repository_id);

CREATE INDEX images_worst ON images (badness, id, is_deleted, lifecycle, severities, score, created_at, used_at, inventory_id, repository_id);

CREATE TABLE inventories (
  id INTEGER PRIMARY KEY,
  layer_set TEXT NOT NULL UNIQUE,
  packages BLOB NOT NULL,
  package_count INTEGER NOT NULL,
  unknowns TEXT NOT NULL,
  analysed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE inventory_contents (
  inventory_id INTEGER PRIMARY KEY REFERENCES inventories (id),
  content BLOB NOT NULL
) STRICT;

CREATE TABLE jobs (
  id TEXT NOT NULL PRIMARY KEY,
  project_id TEXT,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  job_key TEXT UNIQUE,
  priority INTEGER NOT NULL,
  run_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  max_attempts INTEGER NOT NULL,
  leased_by TEXT,
  leased_until INTEGER,
  last_error TEXT,
  failed_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX jobs_due ON jobs (kind, priority, run_at) WHERE failed_at IS NULL;

CREATE INDEX jobs_leased ON jobs (leased_until) WHERE leased_until IS NOT NULL;

CREATE TABLE judgements (
  project_id TEXT NOT NULL REFERENCES projects (id),
  image_id INTEGER NOT NULL REFERENCES images (id),
  environment TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('admitted', 'warned', 'refused', 'unknown')),
  reason TEXT NOT NULL,
  verdict TEXT NOT NULL,
  valid_until INTEGER,
  judged_at INTEGER NOT NULL,
  PRIMARY KEY (image_id, environment)
) STRICT, WITHOUT ROWID;

CREATE INDEX judgements_outcome ON judgements (outcome, environment, image_id);

CREATE INDEX judgements_valid ON judgements (valid_until) WHERE valid_until IS NOT NULL;

CREATE TABLE manifest_references (
  project_id TEXT NOT NULL REFERENCES projects (id),
  repository_id TEXT NOT NULL,
  manifest TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('config', 'layer', 'child')),
  digest TEXT NOT NULL,
  blob TEXT,
  platform TEXT,
  PRIMARY KEY (repository_id, manifest, kind, digest),
  FOREIGN KEY (repository_id, manifest) REFERENCES manifests (repository_id, digest),
  FOREIGN KEY (repository_id, blob) REFERENCES repository_blobs (repository_id, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX manifest_references_blob ON manifest_references (repository_id, blob) WHERE blob IS NOT NULL;

CREATE INDEX manifest_references_digest ON manifest_references (repository_id, digest);

CREATE TABLE manifests (
  project_id TEXT NOT NULL REFERENCES projects (id),
  repository_id TEXT NOT NULL REFERENCES repositories (id),
  digest TEXT NOT NULL,
  media_type TEXT NOT NULL,
  artifact_type TEXT,
  size INTEGER NOT NULL,
  subject TEXT,
  governor TEXT NOT NULL,
  annotations TEXT NOT NULL,
  pushed_by TEXT NOT NULL,
  pushed_at INTEGER NOT NULL,
  lifecycle TEXT NOT NULL CHECK (lifecycle IN ('quarantined', 'approved', 'deprecated', 'revoked', 'expired')),
  lifecycle_reason TEXT NOT NULL,
  lifecycle_at INTEGER NOT NULL,
  lifecycle_by TEXT NOT NULL,
  deleted_at INTEGER,
  deleted_by TEXT,
  deleted_tags TEXT,
  content BLOB NOT NULL,
  PRIMARY KEY (repository_id, digest)
) STRICT;

CREATE INDEX manifests_deleted ON manifests (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE INDEX manifests_digest ON manifests (digest);

CREATE INDEX manifests_governor ON manifests (repository_id, governor);

CREATE INDEX manifests_subject ON manifests (repository_id, subject, digest) WHERE subject IS NOT NULL;

CREATE TABLE migrations (
      number INTEGER PRIMARY KEY,
      is_breaking INTEGER NOT NULL,
      applied_at INTEGER NOT NULL
    ) STRICT;

CREATE TABLE package_findings (
  package_version_id INTEGER NOT NULL REFERENCES package_versions (id),
  id TEXT NOT NULL,
  aliases TEXT NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low', 'none', 'unknown')),
  fixed_in TEXT,
  found_at INTEGER NOT NULL,
  PRIMARY KEY (package_version_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE package_versions (
  id INTEGER PRIMARY KEY,
  purl TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE past_refusals (
  project_id TEXT NOT NULL REFERENCES projects (id),
  repository_id TEXT NOT NULL REFERENCES repositories (id),
  digest TEXT NOT NULL,
  environment TEXT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('quarantined', 'revoked', 'expired', 'refused')),
  reason TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  decided_by TEXT NOT NULL,
  PRIMARY KEY (repository_id, digest, environment)
) STRICT, WITHOUT ROWID;

CREATE TABLE postings (
  package_version_id INTEGER NOT NULL REFERENCES package_versions (id),
  inventory_id INTEGER NOT NULL REFERENCES inventories (id),
  PRIMARY KEY (package_version_id, inventory_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE projects (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE releases (
  project_id TEXT NOT NULL REFERENCES projects (id),
  repository_id TEXT NOT NULL REFERENCES repositories (id),
  digest TEXT NOT NULL,
  released_at INTEGER NOT NULL,
  PRIMARY KEY (repository_id, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE repositories (
  id TEXT NOT NULL PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  name TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX repositories_project ON repositories (project_id, name);

CREATE TABLE repository_blobs (
  project_id TEXT NOT NULL REFERENCES projects (id),
  repository_id TEXT NOT NULL REFERENCES repositories (id),
  digest TEXT NOT NULL REFERENCES blobs (digest),
  uploaded_by TEXT NOT NULL,
  linked_at INTEGER NOT NULL,
  PRIMARY KEY (repository_id, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX repository_blobs_digest ON repository_blobs (digest);

CREATE TABLE repository_details (
  repository_id TEXT NOT NULL PRIMARY KEY REFERENCES repositories (id),
  project_id TEXT NOT NULL REFERENCES projects (id),
  owner TEXT,
  description TEXT NOT NULL,
  labels TEXT NOT NULL,
  immutable_tags TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  updated_by TEXT NOT NULL
) STRICT;

CREATE INDEX repository_details_owner ON repository_details (owner);

CREATE TABLE schedules (
  kind TEXT NOT NULL PRIMARY KEY,
  next_at INTEGER NOT NULL
) STRICT;

CREATE TABLE server_keys (
  id TEXT NOT NULL PRIMARY KEY,
  purpose TEXT NOT NULL,
  secret TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE tags (
  project_id TEXT NOT NULL REFERENCES projects (id),
  repository_id TEXT NOT NULL,
  name TEXT NOT NULL,
  digest TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  updated_by TEXT NOT NULL,
  PRIMARY KEY (repository_id, name),
  FOREIGN KEY (repository_id, digest) REFERENCES manifests (repository_id, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX tags_digest ON tags (repository_id, digest);

CREATE TABLE uploads (
  id TEXT NOT NULL PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  repository_id TEXT NOT NULL REFERENCES repositories (id),
  owner TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  state TEXT NOT NULL,
  size INTEGER NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX uploads_updated ON uploads (updated_at);

CREATE TABLE upstream_looks (
  about TEXT NOT NULL PRIMARY KEY,
  looked_at INTEGER NOT NULL
) STRICT;

CREATE TABLE verdicts (
  id TEXT NOT NULL PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  repository_id TEXT NOT NULL REFERENCES repositories (id),
  digest TEXT NOT NULL,
  environment TEXT NOT NULL,
  outcome TEXT NOT NULL,
  valid_until INTEGER,
  decided_at INTEGER NOT NULL,
  content TEXT NOT NULL
) STRICT;

CREATE INDEX verdicts_image ON verdicts (repository_id, digest, environment, id);

CREATE INDEX verdicts_project ON verdicts (project_id, id);
