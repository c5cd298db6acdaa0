/** `PRAGMA application_id` of a shard: `PLMS` in ASCII. */
export const APPLICATION_ID = 0x504c4d53;

/** `PRAGMA user_version`. Raised with every change below or of the JSON inside; another number means build it anew. */
export const FORMAT_VERSION = 3;

/**
 * `advisory.json` is the model's Advisory; `affected.json` what it says of one package, the advisory left out.
 * `name` holds every id, alias and upstream id, for look-ups by any of them.
 */
export const TABLES = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;
  CREATE TABLE advisory (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    json TEXT NOT NULL
  ) STRICT;
  CREATE TABLE affected (
    advisory INTEGER NOT NULL,
    name TEXT NOT NULL,
    ecosystem TEXT NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE TABLE name (name TEXT NOT NULL COLLATE NOCASE, advisory INTEGER NOT NULL) STRICT;
  CREATE TABLE ecosystem (name TEXT PRIMARY KEY, rows INTEGER NOT NULL) WITHOUT ROWID, STRICT;
`;

/** Made once all rows are in, which is faster than keeping them while they come. */
export const INDEXES = `
  INSERT INTO ecosystem SELECT ecosystem, count(*) FROM affected GROUP BY ecosystem;
  CREATE INDEX affected_package ON affected (name, ecosystem);
  CREATE INDEX affected_advisory ON affected (advisory);
  CREATE INDEX name_name ON name (name);
`;
