import { noSqlTemplateOutsideStore } from './no-sql-template-outside-store.ts';
import { testRule } from './tester.ts';

testRule('no-sql-template-outside-store', noSqlTemplateOutsideStore, {
  good: [
    "const text = 'select a platform';",
    "const text = 'update the shard';",
    "const text = 'deleted from the layer';",
    'const text = `created ${count} tables`;',
    "const verb = 'select';",
  ],
  bad: [
    "const sql = 'SELECT id FROM advisory';",
    'const sql = `select * from ${table}`;',
    'const sql = `\n  INSERT OR IGNORE INTO ${table} VALUES (?)`;',
    "const sql = 'DELETE FROM advisory WHERE id = ?';",
    "const sql = 'update advisory set id = 1';",
    "const sql = 'CREATE UNIQUE INDEX x ON y (z)';",
    "const sql = 'PRAGMA journal_mode = WAL';",
  ],
});
