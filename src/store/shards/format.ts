/** `PRAGMA application_id` of a shard: `PLMS` in ASCII. */
export const APPLICATION_ID = 0x504c4d53;

/** `PRAGMA user_version`. Raised with every change below or of the JSON inside; another number means build it anew. */
export const FORMAT_VERSION = 6;

/**
 * `advisory.json` and `affected.json` are packed (`pack.ts`), `prose` may be deflated with the dictionary in `meta`. An
 * advisory is looked up by its id, or by `name`: every alias and upstream id. `signal` and `lifecycle` are empty in shards
 * of advisories. `rejected` has the names of records that could not be read, until a change brings them anew.
 */
export const TABLES = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;
  CREATE TABLE advisory (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE COLLATE NOCASE,
    modified INTEGER NOT NULL,
    json TEXT NOT NULL,
    prose ANY NOT NULL
  ) STRICT;
  CREATE TABLE affected (
    advisory INTEGER NOT NULL,
    name TEXT NOT NULL,
    ecosystem TEXT NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE TABLE name (name TEXT NOT NULL COLLATE NOCASE, advisory INTEGER NOT NULL) STRICT;
  CREATE TABLE signal (id TEXT NOT NULL, json TEXT NOT NULL) STRICT;
  CREATE TABLE lifecycle (product TEXT NOT NULL, json TEXT NOT NULL) STRICT;
  CREATE TABLE rejected (name TEXT NOT NULL) STRICT;
  CREATE TABLE ecosystem (name TEXT PRIMARY KEY, rows INTEGER NOT NULL) WITHOUT ROWID, STRICT;
`;

/** What is counted, anew after each change. */
export const COUNTS = `
  DELETE FROM ecosystem;
  INSERT INTO ecosystem SELECT ecosystem, count(*) FROM affected GROUP BY ecosystem;
`;

/** Made once all rows are in, which is faster than keeping them while they come. */
export const INDEXES = `
  CREATE INDEX affected_package ON affected (name, ecosystem);
  CREATE INDEX affected_advisory ON affected (advisory);
  CREATE INDEX name_name ON name (name);
  CREATE INDEX signal_id ON signal (id);
  CREATE INDEX lifecycle_product ON lifecycle (product);
`;
