import { noRawFetch } from './no-raw-fetch.ts';
import { testRule } from './tester.ts';

testRule('no-raw-fetch', noRawFetch, {
  good: [
    "import { createServer } from 'node:http';",
    "import type { Dispatcher } from 'undici';",
    "import { get } from './map.ts'; get(1);",
    'new Map().get(1);',
    'transport.request(url);',
  ],
  bad: [
    "import { request } from 'node:https';",
    "import { get as load } from 'node:http';",
    "import { fetch } from 'undici';",
    "import undici from 'undici';",
    "import http from 'node:http'; http.request(url);",
    'https.get(url);',
    'globalThis.fetch(url);',
  ],
});
