CREATE TABLE accounts (
  id text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  project_id text COLLATE "C",
  secret text NOT NULL,
  environment text COLLATE "C",
  expires_at bigint,
  disabled_at bigint,
  tokens_from bigint NOT NULL,
  created_at bigint NOT NULL,
  created_by text COLLATE "C" NOT NULL,
  CHECK ((kind = ANY (ARRAY['user'::text, 'robot'::text]))),
  FOREIGN KEY (project_id) REFERENCES projects(id),
  PRIMARY KEY (id),
  UNIQUE (name)
);

CREATE TABLE approvals (
  project_id text COLLATE "C" NOT NULL,
  repository_id text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  environment text COLLATE "C" NOT NULL,
  decision text COLLATE "C" NOT NULL,
  reason text NOT NULL,
  verdict text COLLATE "C",
  valid_until bigint,
  decided_at bigint NOT NULL,
  decided_by text COLLATE "C" NOT NULL,
  CHECK ((decision = ANY (ARRAY['approved'::text, 'refused'::text]))),
  FOREIGN KEY (project_id) REFERENCES projects(id),
  FOREIGN KEY (repository_id) REFERENCES repositories(id),
  PRIMARY KEY (repository_id, digest, environment)
);

CREATE TABLE blobs (
  digest text COLLATE "C" NOT NULL,
  size bigint NOT NULL,
  storage_key text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  verified_at bigint NOT NULL,
  damaged_at bigint,
  PRIMARY KEY (digest),
  UNIQUE (storage_key)
);
CREATE INDEX blobs_verified ON public.blobs USING btree (verified_at);

CREATE TABLE documents (
  project_id text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  digest text COLLATE "C" NOT NULL,
  content text NOT NULL,
  created_at bigint NOT NULL,
  created_by text COLLATE "C" NOT NULL,
  is_removed bigint NOT NULL,
  FOREIGN KEY (project_id) REFERENCES projects(id),
  PRIMARY KEY (project_id, kind, name, revision)
);

CREATE TABLE event_cursors (
  consumer text COLLATE "C" NOT NULL,
  cursor text COLLATE "C" NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (consumer)
);

CREATE TABLE events (
  sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
  id text COLLATE "C" NOT NULL,
  project_id text COLLATE "C",
  type text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  actor text COLLATE "C" NOT NULL,
  time bigint NOT NULL,
  data text NOT NULL,
  PRIMARY KEY (sequence),
  UNIQUE (id)
);
CREATE INDEX events_order ON public.events USING btree (transaction_id, sequence);

CREATE TABLE grants (
  account_id text COLLATE "C" NOT NULL,
  project_id text COLLATE "C",
  role text COLLATE "C" NOT NULL,
  scope text COLLATE "C" NOT NULL,
  environment text COLLATE "C" NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts(id),
  FOREIGN KEY (project_id) REFERENCES projects(id),
  PRIMARY KEY (account_id, role, scope, environment)
);

CREATE TABLE image_inventories (
  project_id text COLLATE "C" NOT NULL,
  repository_id text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  inventory_id bigint,
  unknowns text NOT NULL,
  analysed_at bigint NOT NULL,
  FOREIGN KEY (inventory_id) REFERENCES inventories(id),
  FOREIGN KEY (project_id) REFERENCES projects(id),
  FOREIGN KEY (repository_id) REFERENCES repositories(id),
  PRIMARY KEY (repository_id, digest)
);
CREATE INDEX image_inventories_inventory ON public.image_inventories USING btree (inventory_id);

CREATE TABLE inventories (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  layer_set text COLLATE "C" NOT NULL,
  packages bytea NOT NULL,
  package_count bigint NOT NULL,
  unknowns text NOT NULL,
  analysed_at bigint NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (layer_set)
);

CREATE TABLE manifest_references (
  project_id text COLLATE "C" NOT NULL,
  repository_id text COLLATE "C" NOT NULL,
  manifest text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  blob text COLLATE "C",
  platform text COLLATE "C",
  CHECK ((kind = ANY (ARRAY['config'::text, 'layer'::text, 'child'::text]))),
  FOREIGN KEY (project_id) REFERENCES projects(id),
  FOREIGN KEY (repository_id, blob) REFERENCES repository_blobs(repository_id, digest),
  FOREIGN KEY (repository_id, manifest) REFERENCES manifests(repository_id, digest),
  PRIMARY KEY (repository_id, manifest, kind, digest)
);
CREATE INDEX manifest_references_blob ON public.manifest_references USING btree (repository_id, blob) WHERE (blob IS NOT NULL);
CREATE INDEX manifest_references_digest ON public.manifest_references USING btree (repository_id, digest);

CREATE TABLE manifests (
  project_id text COLLATE "C" NOT NULL,
  repository_id text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  media_type text COLLATE "C" NOT NULL,
  artifact_type text COLLATE "C",
  size bigint NOT NULL,
  subject text COLLATE "C",
  governor text COLLATE "C" NOT NULL,
  annotations text NOT NULL,
  pushed_by text COLLATE "C" NOT NULL,
  pushed_at bigint NOT NULL,
  lifecycle text COLLATE "C" NOT NULL,
  lifecycle_reason text NOT NULL,
  lifecycle_at bigint NOT NULL,
  lifecycle_by text COLLATE "C" NOT NULL,
  deleted_at bigint,
  deleted_by text COLLATE "C",
  deleted_tags text,
  content bytea NOT NULL,
  CHECK ((lifecycle = ANY (ARRAY['quarantined'::text, 'approved'::text, 'deprecated'::text, 'revoked'::text, 'expired'::text]))),
  FOREIGN KEY (project_id) REFERENCES projects(id),
  FOREIGN KEY (repository_id) REFERENCES repositories(id),
  PRIMARY KEY (repository_id, digest)
);
CREATE INDEX manifests_deleted ON public.manifests USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);
CREATE INDEX manifests_digest ON public.manifests USING btree (digest);
CREATE INDEX manifests_governor ON public.manifests USING btree (repository_id, governor);
CREATE INDEX manifests_subject ON public.manifests USING btree (repository_id, subject, digest) WHERE (subject IS NOT NULL);

CREATE TABLE migrations (
  number bigint NOT NULL,
  is_breaking bigint NOT NULL,
  applied_at bigint NOT NULL,
  PRIMARY KEY (number)
);

CREATE TABLE package_versions (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  purl text COLLATE "C" NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (purl)
);

CREATE TABLE postings (
  package_version_id bigint NOT NULL,
  inventory_id bigint NOT NULL,
  FOREIGN KEY (inventory_id) REFERENCES inventories(id),
  FOREIGN KEY (package_version_id) REFERENCES package_versions(id),
  PRIMARY KEY (package_version_id, inventory_id)
);

CREATE TABLE projects (
  id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (name)
);

CREATE TABLE repositories (
  id text COLLATE "C" NOT NULL,
  project_id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  FOREIGN KEY (project_id) REFERENCES projects(id),
  PRIMARY KEY (id),
  UNIQUE (name)
);
CREATE INDEX repositories_project ON public.repositories USING btree (project_id, name);

CREATE TABLE repository_blobs (
  project_id text COLLATE "C" NOT NULL,
  repository_id text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  uploaded_by text COLLATE "C" NOT NULL,
  linked_at bigint NOT NULL,
  FOREIGN KEY (digest) REFERENCES blobs(digest),
  FOREIGN KEY (project_id) REFERENCES projects(id),
  FOREIGN KEY (repository_id) REFERENCES repositories(id),
  PRIMARY KEY (repository_id, digest)
);
CREATE INDEX repository_blobs_digest ON public.repository_blobs USING btree (digest);

CREATE TABLE schedules (
  kind text COLLATE "C" NOT NULL,
  next_at bigint NOT NULL,
  PRIMARY KEY (kind)
);

CREATE TABLE server_keys (
  id text COLLATE "C" NOT NULL,
  purpose text COLLATE "C" NOT NULL,
  secret text NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (id)
);

CREATE TABLE tags (
  project_id text COLLATE "C" NOT NULL,
  repository_id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  updated_at bigint NOT NULL,
  updated_by text COLLATE "C" NOT NULL,
  FOREIGN KEY (project_id) REFERENCES projects(id),
  FOREIGN KEY (repository_id, digest) REFERENCES manifests(repository_id, digest),
  PRIMARY KEY (repository_id, name)
);
CREATE INDEX tags_digest ON public.tags USING btree (repository_id, digest);

CREATE TABLE uploads (
  id text COLLATE "C" NOT NULL,
  project_id text COLLATE "C" NOT NULL,
  repository_id text COLLATE "C" NOT NULL,
  owner text COLLATE "C" NOT NULL,
  algorithm text COLLATE "C" NOT NULL,
  state text NOT NULL,
  size bigint NOT NULL,
  version bigint NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  FOREIGN KEY (project_id) REFERENCES projects(id),
  FOREIGN KEY (repository_id) REFERENCES repositories(id),
  PRIMARY KEY (id)
);
CREATE INDEX uploads_updated ON public.uploads USING btree (updated_at);

CREATE TABLE verdicts (
  id text COLLATE "C" NOT NULL,
  project_id text COLLATE "C" NOT NULL,
  repository_id text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  environment text COLLATE "C" NOT NULL,
  outcome text COLLATE "C" NOT NULL,
  valid_until bigint,
  decided_at bigint NOT NULL,
  content text NOT NULL,
  FOREIGN KEY (project_id) REFERENCES projects(id),
  FOREIGN KEY (repository_id) REFERENCES repositories(id),
  PRIMARY KEY (id)
);
CREATE INDEX verdicts_image ON public.verdicts USING btree (repository_id, digest, environment, id);
CREATE INDEX verdicts_project ON public.verdicts USING btree (project_id, id);
