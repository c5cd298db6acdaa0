import { noUnboundedRead } from './no-unbounded-read.ts';
import { testRule } from './tester.ts';

testRule('no-unbounded-read', noUnboundedRead, {
  good: [
    "import { readFileBounded } from '#base/limits.ts'; await readFileBounded(path, 10, path);",
    "import { createReadStream, statSync } from 'node:fs';",
    "import { createGunzip } from 'node:zlib'; stream.pipe(createGunzip());",
    "import { readFile } from './reader.ts';",
    'const schema = z.json();',
    'response.json({ ok: true });',
    'node.text;',
  ],
  bad: [
    "import { readFile } from 'node:fs/promises';",
    "import { readFileSync as read } from 'node:fs';",
    "import { gunzipSync } from 'node:zlib';",
    "import { zstdDecompress } from 'node:zlib';",
    "import { buffer } from 'node:stream/consumers';",
    "import * as fs from 'node:fs'; fs.readFileSync(path);",
    "fs['readFileSync'](path);",
    'await handle.readFile();',
    "const { inflateRawSync } = await import('node:zlib');",
    'await response.arrayBuffer();',
    'await response.text();',
    'await (await get(url)).json();',
    'await response.bytes();',
  ],
});
