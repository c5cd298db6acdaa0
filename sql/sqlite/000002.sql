-- What comes in, what is said of it, and what it is searched by.
-- Rows carry their project.
-- Of bytes alone, shared by all projects: inventory_contents, package_findings, finding_names.
-- Of the installation: upstream_looks, idempotency_keys.

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
-- Of those who ask for the same at once one makes a row.
CREATE UNIQUE INDEX acquisitions_under_way ON acquisitions (repository_id, reference) WHERE finished_at IS NULL;
CREATE INDEX acquisitions_repository ON acquisitions (repository_id, id);
CREATE INDEX acquisitions_reference ON acquisitions (repository_id, reference, id);
CREATE INDEX acquisitions_source ON acquisitions (source, id);
CREATE INDEX acquisitions_state ON acquisitions (state, id);
CREATE INDEX acquisitions_upstream ON acquisitions (upstream, digest, id);

-- When a tag left a manifest, or an index that had it.
CREATE TABLE releases (
  project_id TEXT NOT NULL REFERENCES projects (id),
  repository_id TEXT NOT NULL REFERENCES repositories (id),
  digest TEXT NOT NULL,
  released_at INTEGER NOT NULL,
  PRIMARY KEY (repository_id, digest)
) STRICT, WITHOUT ROWID;

-- What persons decided against manifests that are gone; an empty environment is the state.
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

CREATE TABLE upstream_looks (
  about TEXT NOT NULL PRIMARY KEY,
  looked_at INTEGER NOT NULL
) STRICT;

CREATE TABLE inventory_contents (
  inventory_id INTEGER PRIMARY KEY REFERENCES inventories (id),
  content BLOB NOT NULL
) STRICT;

-- Images of one platform, with a number, and with all that they are filtered and sorted by; created_at and badness are -1 where they are not known.
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
CREATE INDEX images_inventory ON images (inventory_id);
CREATE INDEX images_base ON images (base);
-- A page is found by these alone, so that passing over many images is cheap.
CREATE INDEX images_name ON images (repository_name, id, is_deleted, lifecycle, severities, score, created_at, used_at, inventory_id, repository_id);
CREATE INDEX images_newest ON images (created_at, id, is_deleted, lifecycle, severities, score, used_at, inventory_id, repository_id);
CREATE INDEX images_worst ON images (badness, id, is_deleted, lifecycle, severities, score, created_at, used_at, inventory_id, repository_id);

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

-- Without foreign keys: one statement marks a hundred thousand.
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

CREATE TABLE package_findings (
  package_version_id INTEGER NOT NULL REFERENCES package_versions (id),
  id TEXT NOT NULL,
  aliases TEXT NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low', 'none', 'unknown')),
  fixed_in TEXT,
  found_at INTEGER NOT NULL,
  PRIMARY KEY (package_version_id, id)
) STRICT, WITHOUT ROWID;

-- Ids and aliases.
CREATE TABLE finding_names (
  name TEXT NOT NULL,
  package_version_id INTEGER NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (name, package_version_id, id),
  FOREIGN KEY (package_version_id, id) REFERENCES package_findings (package_version_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_names_finding ON finding_names (package_version_id, id);

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

-- As those say who run it; an empty environment is none.
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

-- Whoever looks for jobs of some kinds does not go through tens of thousands of another one.
DROP INDEX jobs_due;
CREATE INDEX jobs_due ON jobs (kind, priority, run_at) WHERE failed_at IS NULL;
CREATE INDEX jobs_leased ON jobs (leased_until) WHERE leased_until IS NOT NULL;

-- What was analysed before this was kept, due to be judged.
INSERT INTO images (project_id, repository_id, digest, repository_name, lifecycle, is_deleted, inventory_id,
  package_count, unknown_count, created_at, severities, badness)
SELECT m.project_id, m.repository_id, m.digest, r.name, m.lifecycle, m.deleted_at IS NOT NULL, h.inventory_id,
  v.package_count, json_array_length(h.unknowns) + coalesce(json_array_length(v.unknowns), 0), -1, 0, -1
FROM image_inventories h
JOIN manifests m ON m.repository_id = h.repository_id AND m.digest = h.digest
JOIN repositories r ON r.id = h.repository_id
LEFT JOIN inventories v ON v.id = h.inventory_id;
INSERT INTO due_images (image_id, project_id, priority, since, cause)
SELECT id, project_id, CASE WHEN lifecycle IN ('approved', 'deprecated') THEN 1 ELSE 2 END, 0, 'new'
FROM images WHERE is_deleted = 0;
