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

CREATE TABLE grants (
  account_id TEXT NOT NULL REFERENCES accounts (id),
  project_id TEXT REFERENCES projects (id),
  role TEXT NOT NULL,
  scope TEXT NOT NULL,
  environment TEXT NOT NULL,
  PRIMARY KEY (account_id, role, scope, environment)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE inventories (
  id INTEGER PRIMARY KEY,
  layer_set TEXT NOT NULL UNIQUE,
  packages BLOB NOT NULL,
  package_count INTEGER NOT NULL,
  unknowns TEXT NOT NULL,
  analysed_at INTEGER NOT NULL
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

CREATE INDEX jobs_due ON jobs (priority, run_at) WHERE failed_at IS NULL;

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

CREATE TABLE package_versions (
  id INTEGER PRIMARY KEY,
  purl TEXT NOT NULL UNIQUE
) STRICT;

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
