-- Times are integers of milliseconds UTC, JSON is text, ids are UUIDv7, digests are written out.
-- Jobs are graphile-worker's own schema.
-- Rows carry their project.
-- Of bytes alone, shared by all projects: blobs, package_versions, inventories, postings.
-- Of the installation: projects, server_keys, event_cursors, schedules, migrations.

CREATE TABLE projects (
  id TEXT COLLATE "C" PRIMARY KEY,
  name TEXT COLLATE "C" NOT NULL UNIQUE,
  created_at BIGINT NOT NULL
);

CREATE TABLE repositories (
  id TEXT COLLATE "C" PRIMARY KEY,
  project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
  name TEXT COLLATE "C" NOT NULL UNIQUE,
  created_at BIGINT NOT NULL
);
CREATE INDEX repositories_project ON repositories (project_id, name);

CREATE TABLE blobs (
  digest TEXT COLLATE "C" PRIMARY KEY,
  size BIGINT NOT NULL,
  storage_key TEXT COLLATE "C" NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  verified_at BIGINT NOT NULL,
  damaged_at BIGINT
);
CREATE INDEX blobs_verified ON blobs (verified_at);

CREATE TABLE repository_blobs (
  project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
  repository_id TEXT COLLATE "C" NOT NULL REFERENCES repositories (id),
  digest TEXT COLLATE "C" NOT NULL REFERENCES blobs (digest),
  uploaded_by TEXT COLLATE "C" NOT NULL,
  linked_at BIGINT NOT NULL,
  PRIMARY KEY (repository_id, digest)
);
CREATE INDEX repository_blobs_digest ON repository_blobs (digest);

CREATE TABLE manifests (
  project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
  repository_id TEXT COLLATE "C" NOT NULL REFERENCES repositories (id),
  digest TEXT COLLATE "C" NOT NULL,
  media_type TEXT COLLATE "C" NOT NULL,
  artifact_type TEXT COLLATE "C",
  size BIGINT NOT NULL,
  subject TEXT COLLATE "C",
  governor TEXT COLLATE "C" NOT NULL,
  annotations TEXT NOT NULL,
  pushed_by TEXT COLLATE "C" NOT NULL,
  pushed_at BIGINT NOT NULL,
  lifecycle TEXT COLLATE "C" NOT NULL CHECK (lifecycle IN ('quarantined', 'approved', 'deprecated', 'revoked', 'expired')),
  lifecycle_reason TEXT NOT NULL,
  lifecycle_at BIGINT NOT NULL,
  lifecycle_by TEXT COLLATE "C" NOT NULL,
  deleted_at BIGINT,
  deleted_by TEXT COLLATE "C",
  deleted_tags TEXT,
  content BYTEA NOT NULL,
  PRIMARY KEY (repository_id, digest)
);
CREATE INDEX manifests_subject ON manifests (repository_id, subject, digest) WHERE subject IS NOT NULL;
CREATE INDEX manifests_governor ON manifests (repository_id, governor);
CREATE INDEX manifests_digest ON manifests (digest);
CREATE INDEX manifests_deleted ON manifests (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE manifest_references (
  project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
  repository_id TEXT COLLATE "C" NOT NULL,
  manifest TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('config', 'layer', 'child')),
  digest TEXT COLLATE "C" NOT NULL,
  blob TEXT COLLATE "C",
  platform TEXT COLLATE "C",
  PRIMARY KEY (repository_id, manifest, kind, digest),
  FOREIGN KEY (repository_id, manifest) REFERENCES manifests (repository_id, digest),
  FOREIGN KEY (repository_id, blob) REFERENCES repository_blobs (repository_id, digest)
);
CREATE INDEX manifest_references_digest ON manifest_references (repository_id, digest);
CREATE INDEX manifest_references_blob ON manifest_references (repository_id, blob) WHERE blob IS NOT NULL;

CREATE TABLE tags (
  project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
  repository_id TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_by TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (repository_id, name),
  FOREIGN KEY (repository_id, digest) REFERENCES manifests (repository_id, digest)
);
CREATE INDEX tags_digest ON tags (repository_id, digest);

CREATE TABLE approvals (
  project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
  repository_id TEXT COLLATE "C" NOT NULL REFERENCES repositories (id),
  digest TEXT COLLATE "C" NOT NULL,
  environment TEXT COLLATE "C" NOT NULL,
  decision TEXT COLLATE "C" NOT NULL CHECK (decision IN ('approved', 'refused')),
  reason TEXT NOT NULL,
  verdict TEXT COLLATE "C",
  valid_until BIGINT,
  decided_at BIGINT NOT NULL,
  decided_by TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (repository_id, digest, environment)
);

CREATE TABLE uploads (
  id TEXT COLLATE "C" PRIMARY KEY,
  project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
  repository_id TEXT COLLATE "C" NOT NULL REFERENCES repositories (id),
  owner TEXT COLLATE "C" NOT NULL,
  algorithm TEXT COLLATE "C" NOT NULL,
  state TEXT NOT NULL,
  size BIGINT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX uploads_updated ON uploads (updated_at);

CREATE TABLE accounts (
  id TEXT COLLATE "C" PRIMARY KEY,
  kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('user', 'robot')),
  name TEXT COLLATE "C" NOT NULL UNIQUE,
  project_id TEXT COLLATE "C" REFERENCES projects (id),
  secret TEXT NOT NULL,
  environment TEXT COLLATE "C",
  expires_at BIGINT,
  disabled_at BIGINT,
  tokens_from BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT COLLATE "C" NOT NULL
);

CREATE TABLE grants (
  account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
  project_id TEXT COLLATE "C" REFERENCES projects (id),
  role TEXT COLLATE "C" NOT NULL,
  scope TEXT COLLATE "C" NOT NULL,
  environment TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (account_id, role, scope, environment)
);

CREATE TABLE server_keys (
  id TEXT COLLATE "C" PRIMARY KEY,
  purpose TEXT COLLATE "C" NOT NULL,
  secret TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE documents (
  project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
  kind TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  content TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT COLLATE "C" NOT NULL,
  is_removed BIGINT NOT NULL,
  PRIMARY KEY (project_id, kind, name, revision)
);

CREATE TABLE verdicts (
  id TEXT COLLATE "C" PRIMARY KEY,
  project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
  repository_id TEXT COLLATE "C" NOT NULL REFERENCES repositories (id),
  digest TEXT COLLATE "C" NOT NULL,
  environment TEXT COLLATE "C" NOT NULL,
  outcome TEXT COLLATE "C" NOT NULL,
  valid_until BIGINT,
  decided_at BIGINT NOT NULL,
  content TEXT NOT NULL
);
CREATE INDEX verdicts_image ON verdicts (repository_id, digest, environment, id);
CREATE INDEX verdicts_project ON verdicts (project_id, id);

CREATE TABLE package_versions (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  purl TEXT COLLATE "C" NOT NULL UNIQUE
);

CREATE TABLE inventories (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  layer_set TEXT COLLATE "C" NOT NULL UNIQUE,
  packages BYTEA NOT NULL,
  package_count BIGINT NOT NULL,
  unknowns TEXT NOT NULL,
  analysed_at BIGINT NOT NULL
);

CREATE TABLE postings (
  package_version_id BIGINT NOT NULL REFERENCES package_versions (id),
  inventory_id BIGINT NOT NULL REFERENCES inventories (id),
  PRIMARY KEY (package_version_id, inventory_id)
);

CREATE TABLE image_inventories (
  project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
  repository_id TEXT COLLATE "C" NOT NULL REFERENCES repositories (id),
  digest TEXT COLLATE "C" NOT NULL,
  inventory_id BIGINT REFERENCES inventories (id),
  unknowns TEXT NOT NULL,
  analysed_at BIGINT NOT NULL,
  PRIMARY KEY (repository_id, digest)
);
CREATE INDEX image_inventories_inventory ON image_inventories (inventory_id);

CREATE TABLE events (
  sequence BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  transaction_id XID8 NOT NULL DEFAULT pg_current_xact_id(),
  id TEXT COLLATE "C" NOT NULL UNIQUE,
  project_id TEXT COLLATE "C",
  type TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  time BIGINT NOT NULL,
  data TEXT NOT NULL
);

CREATE INDEX events_order ON events (transaction_id, sequence);

CREATE TABLE event_cursors (
  consumer TEXT COLLATE "C" PRIMARY KEY,
  cursor TEXT COLLATE "C" NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE schedules (
  kind TEXT COLLATE "C" PRIMARY KEY,
  next_at BIGINT NOT NULL
);
