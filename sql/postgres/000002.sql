-- What comes in, what is said of it, and what it is searched by.
-- Rows carry their project.
-- Of bytes alone, shared by all projects: inventory_contents, package_findings, finding_names.
-- Of the installation: upstream_looks, idempotency_keys.

CREATE TABLE acquisitions (
  id TEXT COLLATE "C" PRIMARY KEY,
  project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
  repository_id TEXT COLLATE "C" NOT NULL REFERENCES repositories (id),
  source TEXT COLLATE "C" NOT NULL,
  upstream TEXT COLLATE "C" NOT NULL,
  reference TEXT COLLATE "C" NOT NULL,
  digest TEXT COLLATE "C",
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'copying', 'judging', 'promoted', 'held', 'refused', 'failed')),
  reason TEXT NOT NULL,
  progress TEXT NOT NULL,
  requested_by TEXT COLLATE "C" NOT NULL,
  requested_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  finished_at BIGINT,
  version BIGINT NOT NULL
);
-- Of those who ask for the same at once one makes a row.
CREATE UNIQUE INDEX acquisitions_under_way ON acquisitions (repository_id, reference) WHERE finished_at IS NULL;
CREATE INDEX acquisitions_repository ON acquisitions (repository_id, id);
CREATE INDEX acquisitions_reference ON acquisitions (repository_id, reference, id);
CREATE INDEX acquisitions_source ON acquisitions (source, id);
CREATE INDEX acquisitions_state ON acquisitions (state, id);
CREATE INDEX acquisitions_upstream ON acquisitions (upstream, digest, id);

-- When a tag left a manifest, or an index that had it.
CREATE TABLE releases (
  project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
  repository_id TEXT COLLATE "C" NOT NULL REFERENCES repositories (id),
  digest TEXT COLLATE "C" NOT NULL,
  released_at BIGINT NOT NULL,
  PRIMARY KEY (repository_id, digest)
);

-- What persons decided against manifests that are gone; an empty environment is the state.
CREATE TABLE past_refusals (
  project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
  repository_id TEXT COLLATE "C" NOT NULL REFERENCES repositories (id),
  digest TEXT COLLATE "C" NOT NULL,
  environment TEXT COLLATE "C" NOT NULL,
  decision TEXT COLLATE "C" NOT NULL CHECK (decision IN ('quarantined', 'revoked', 'expired', 'refused')),
  reason TEXT NOT NULL,
  decided_at BIGINT NOT NULL,
  decided_by TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (repository_id, digest, environment)
);

CREATE TABLE upstream_looks (
  about TEXT COLLATE "C" PRIMARY KEY,
  looked_at BIGINT NOT NULL
);

CREATE TABLE inventory_contents (
  inventory_id BIGINT PRIMARY KEY REFERENCES inventories (id),
  content BYTEA NOT NULL
);

-- Images of one platform, with a number, and with all that they are filtered and sorted by; created_at and badness are -1 where they are not known.
CREATE TABLE images (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
  repository_id TEXT COLLATE "C" NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  repository_name TEXT COLLATE "C" NOT NULL,
  lifecycle TEXT COLLATE "C" NOT NULL,
  is_deleted BIGINT NOT NULL,
  inventory_id BIGINT REFERENCES inventories (id),
  package_count BIGINT,
  unknown_count BIGINT NOT NULL,
  platform TEXT COLLATE "C",
  created_at BIGINT NOT NULL,
  base TEXT COLLATE "C",
  severities BIGINT NOT NULL,
  badness BIGINT NOT NULL,
  score BIGINT,
  used_at BIGINT,
  counts TEXT,
  UNIQUE (repository_id, digest),
  FOREIGN KEY (repository_id, digest) REFERENCES manifests (repository_id, digest)
);
CREATE INDEX images_inventory ON images (inventory_id);
CREATE INDEX images_base ON images (base);
-- A page is found by these alone, so that passing over many images is cheap.
CREATE INDEX images_name ON images (repository_name, id, is_deleted, lifecycle, severities, score, created_at, used_at, inventory_id, repository_id);
CREATE INDEX images_newest ON images (created_at, id, is_deleted, lifecycle, severities, score, used_at, inventory_id, repository_id);
CREATE INDEX images_worst ON images (badness, id, is_deleted, lifecycle, severities, score, created_at, used_at, inventory_id, repository_id);

CREATE TABLE judgements (
  project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
  image_id BIGINT NOT NULL REFERENCES images (id),
  environment TEXT COLLATE "C" NOT NULL,
  outcome TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('admitted', 'warned', 'refused', 'unknown')),
  reason TEXT NOT NULL,
  verdict TEXT COLLATE "C" NOT NULL,
  valid_until BIGINT,
  judged_at BIGINT NOT NULL,
  PRIMARY KEY (image_id, environment)
);
CREATE INDEX judgements_outcome ON judgements (outcome, environment, image_id);
CREATE INDEX judgements_valid ON judgements (valid_until) WHERE valid_until IS NOT NULL;

-- Without foreign keys: one statement marks a hundred thousand.
CREATE TABLE due_images (
  image_id BIGINT PRIMARY KEY,
  project_id TEXT COLLATE "C" NOT NULL,
  priority BIGINT NOT NULL,
  since BIGINT NOT NULL,
  cause TEXT COLLATE "C" NOT NULL,
  leased_until BIGINT,
  lease TEXT COLLATE "C"
);
CREATE INDEX due_images_order ON due_images (priority, since, image_id);

CREATE TABLE package_findings (
  package_version_id BIGINT NOT NULL REFERENCES package_versions (id),
  id TEXT COLLATE "C" NOT NULL,
  aliases TEXT NOT NULL,
  severity TEXT COLLATE "C" NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low', 'none', 'unknown')),
  fixed_in TEXT COLLATE "C",
  found_at BIGINT NOT NULL,
  PRIMARY KEY (package_version_id, id)
);

-- Ids and aliases.
CREATE TABLE finding_names (
  name TEXT COLLATE "C" NOT NULL,
  package_version_id BIGINT NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (name, package_version_id, id),
  FOREIGN KEY (package_version_id, id) REFERENCES package_findings (package_version_id, id)
);
CREATE INDEX finding_names_finding ON finding_names (package_version_id, id);

CREATE TABLE repository_details (
  repository_id TEXT COLLATE "C" PRIMARY KEY REFERENCES repositories (id),
  project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
  owner TEXT COLLATE "C",
  description TEXT NOT NULL,
  labels TEXT NOT NULL,
  immutable_tags TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_by TEXT COLLATE "C" NOT NULL
);
CREATE INDEX repository_details_owner ON repository_details (owner);

-- As those say who run it; an empty environment is none.
CREATE TABLE image_uses (
  place TEXT COLLATE "C" NOT NULL,
  project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
  repository_id TEXT COLLATE "C" NOT NULL REFERENCES repositories (id),
  digest TEXT COLLATE "C" NOT NULL,
  environment TEXT COLLATE "C" NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (place, repository_id, digest, environment)
);
CREATE INDEX image_uses_image ON image_uses (repository_id, digest);

CREATE TABLE idempotency_keys (
  account TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  request TEXT COLLATE "C" NOT NULL,
  status BIGINT,
  body TEXT,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (account, key)
);
CREATE INDEX idempotency_keys_expires ON idempotency_keys (expires_at);

-- What was analysed before this was kept, due to be judged.
INSERT INTO images (project_id, repository_id, digest, repository_name, lifecycle, is_deleted, inventory_id,
  package_count, unknown_count, created_at, severities, badness)
SELECT m.project_id, m.repository_id, m.digest, r.name, m.lifecycle, CASE WHEN m.deleted_at IS NULL THEN 0 ELSE 1 END, h.inventory_id,
  v.package_count, json_array_length(h.unknowns::json) + coalesce(json_array_length(v.unknowns::json), 0), -1, 0, -1
FROM image_inventories h
JOIN manifests m ON m.repository_id = h.repository_id AND m.digest = h.digest
JOIN repositories r ON r.id = h.repository_id
LEFT JOIN inventories v ON v.id = h.inventory_id;
INSERT INTO due_images (image_id, project_id, priority, since, cause)
SELECT id, project_id, CASE WHEN lifecycle IN ('approved', 'deprecated') THEN 1 ELSE 2 END, 0, 'new'
FROM images WHERE is_deleted = 0;
