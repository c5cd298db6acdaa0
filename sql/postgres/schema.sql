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

CREATE TABLE acquisitions (
  id text COLLATE "C" NOT NULL,
  project_id text COLLATE "C" NOT NULL,
  repository_id text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  upstream text COLLATE "C" NOT NULL,
  reference text COLLATE "C" NOT NULL,
  digest text COLLATE "C",
  state text COLLATE "C" NOT NULL,
  reason text NOT NULL,
  progress text NOT NULL,
  requested_by text COLLATE "C" NOT NULL,
  requested_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  finished_at bigint,
  version bigint NOT NULL,
  CHECK ((state = ANY (ARRAY['waiting'::text, 'copying'::text, 'judging'::text, 'promoted'::text, 'held'::text, 'refused'::text, 'failed'::text]))),
  FOREIGN KEY (project_id) REFERENCES projects(id),
  FOREIGN KEY (repository_id) REFERENCES repositories(id),
  PRIMARY KEY (id)
);
CREATE INDEX acquisitions_reference ON public.acquisitions USING btree (repository_id, reference, id);
CREATE INDEX acquisitions_repository ON public.acquisitions USING btree (repository_id, id);
CREATE INDEX acquisitions_source ON public.acquisitions USING btree (source, id);
CREATE INDEX acquisitions_state ON public.acquisitions USING btree (state, id);
CREATE UNIQUE INDEX acquisitions_under_way ON public.acquisitions USING btree (repository_id, reference) WHERE (finished_at IS NULL);
CREATE INDEX acquisitions_upstream ON public.acquisitions USING btree (upstream, digest, id);

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

CREATE TABLE due_images (
  image_id bigint NOT NULL,
  project_id text COLLATE "C" NOT NULL,
  priority bigint NOT NULL,
  since bigint NOT NULL,
  cause text COLLATE "C" NOT NULL,
  leased_until bigint,
  lease text COLLATE "C",
  PRIMARY KEY (image_id)
);
CREATE INDEX due_images_order ON public.due_images USING btree (priority, since, image_id);

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

CREATE TABLE finding_names (
  name text COLLATE "C" NOT NULL,
  package_version_id bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  FOREIGN KEY (package_version_id, id) REFERENCES package_findings(package_version_id, id),
  PRIMARY KEY (name, package_version_id, id)
);
CREATE INDEX finding_names_finding ON public.finding_names USING btree (package_version_id, id);

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

CREATE TABLE idempotency_keys (
  account text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  request text COLLATE "C" NOT NULL,
  status bigint,
  body text,
  expires_at bigint NOT NULL,
  PRIMARY KEY (account, key)
);
CREATE INDEX idempotency_keys_expires ON public.idempotency_keys USING btree (expires_at);

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

CREATE TABLE image_uses (
  place text COLLATE "C" NOT NULL,
  project_id text COLLATE "C" NOT NULL,
  repository_id text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  environment text COLLATE "C" NOT NULL,
  seen_at bigint NOT NULL,
  FOREIGN KEY (project_id) REFERENCES projects(id),
  FOREIGN KEY (repository_id) REFERENCES repositories(id),
  PRIMARY KEY (place, repository_id, digest, environment)
);
CREATE INDEX image_uses_image ON public.image_uses USING btree (repository_id, digest);

CREATE TABLE images (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  project_id text COLLATE "C" NOT NULL,
  repository_id text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  repository_name text COLLATE "C" NOT NULL,
  lifecycle text COLLATE "C" NOT NULL,
  is_deleted bigint NOT NULL,
  inventory_id bigint,
  package_count bigint,
  unknown_count bigint NOT NULL,
  platform text COLLATE "C",
  created_at bigint NOT NULL,
  base text COLLATE "C",
  severities bigint NOT NULL,
  badness bigint NOT NULL,
  score bigint,
  used_at bigint,
  counts text,
  FOREIGN KEY (inventory_id) REFERENCES inventories(id),
  FOREIGN KEY (project_id) REFERENCES projects(id),
  FOREIGN KEY (repository_id, digest) REFERENCES manifests(repository_id, digest),
  PRIMARY KEY (id),
  UNIQUE (repository_id, digest)
);
CREATE INDEX images_base ON public.images USING btree (base);
CREATE INDEX images_inventory ON public.images USING btree (inventory_id);
CREATE INDEX images_name ON public.images USING btree (repository_name, id, is_deleted, lifecycle, severities, score, created_at, used_at, inventory_id, repository_id);
CREATE INDEX images_newest ON public.images USING btree (created_at, id, is_deleted, lifecycle, severities, score, used_at, inventory_id, repository_id);
CREATE INDEX images_worst ON public.images USING btree (badness, id, is_deleted, lifecycle, severities, score, created_at, used_at, inventory_id, repository_id);

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

CREATE TABLE inventory_contents (
  inventory_id bigint NOT NULL,
  content bytea NOT NULL,
  FOREIGN KEY (inventory_id) REFERENCES inventories(id),
  PRIMARY KEY (inventory_id)
);

CREATE TABLE judgements (
  project_id text COLLATE "C" NOT NULL,
  image_id bigint NOT NULL,
  environment text COLLATE "C" NOT NULL,
  outcome text COLLATE "C" NOT NULL,
  reason text NOT NULL,
  verdict text COLLATE "C" NOT NULL,
  valid_until bigint,
  judged_at bigint NOT NULL,
  CHECK ((outcome = ANY (ARRAY['admitted'::text, 'warned'::text, 'refused'::text, 'unknown'::text]))),
  FOREIGN KEY (image_id) REFERENCES images(id),
  FOREIGN KEY (project_id) REFERENCES projects(id),
  PRIMARY KEY (image_id, environment)
);
CREATE INDEX judgements_outcome ON public.judgements USING btree (outcome, environment, image_id);
CREATE INDEX judgements_valid ON public.judgements USING btree (valid_until) WHERE (valid_until IS NOT NULL);

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

CREATE TABLE package_findings (
  package_version_id bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  aliases text NOT NULL,
  severity text COLLATE "C" NOT NULL,
  fixed_in text COLLATE "C",
  found_at bigint NOT NULL,
  CHECK ((severity = ANY (ARRAY['critical'::text, 'high'::text, 'medium'::text, 'low'::text, 'none'::text, 'unknown'::text]))),
  FOREIGN KEY (package_version_id) REFERENCES package_versions(id),
  PRIMARY KEY (package_version_id, id)
);

CREATE TABLE package_versions (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  purl text COLLATE "C" NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (purl)
);

CREATE TABLE past_refusals (
  project_id text COLLATE "C" NOT NULL,
  repository_id text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  environment text COLLATE "C" NOT NULL,
  decision text COLLATE "C" NOT NULL,
  reason text NOT NULL,
  decided_at bigint NOT NULL,
  decided_by text COLLATE "C" NOT NULL,
  CHECK ((decision = ANY (ARRAY['quarantined'::text, 'revoked'::text, 'expired'::text, 'refused'::text]))),
  FOREIGN KEY (project_id) REFERENCES projects(id),
  FOREIGN KEY (repository_id) REFERENCES repositories(id),
  PRIMARY KEY (repository_id, digest, environment)
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

CREATE TABLE releases (
  project_id text COLLATE "C" NOT NULL,
  repository_id text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  released_at bigint NOT NULL,
  FOREIGN KEY (project_id) REFERENCES projects(id),
  FOREIGN KEY (repository_id) REFERENCES repositories(id),
  PRIMARY KEY (repository_id, digest)
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

CREATE TABLE repository_details (
  repository_id text COLLATE "C" NOT NULL,
  project_id text COLLATE "C" NOT NULL,
  owner text COLLATE "C",
  description text NOT NULL,
  labels text NOT NULL,
  immutable_tags text NOT NULL,
  updated_at bigint NOT NULL,
  updated_by text COLLATE "C" NOT NULL,
  FOREIGN KEY (project_id) REFERENCES projects(id),
  FOREIGN KEY (repository_id) REFERENCES repositories(id),
  PRIMARY KEY (repository_id)
);
CREATE INDEX repository_details_owner ON public.repository_details USING btree (owner);

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

CREATE TABLE upstream_looks (
  about text COLLATE "C" NOT NULL,
  looked_at bigint NOT NULL,
  PRIMARY KEY (about)
);

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
