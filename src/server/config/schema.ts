import { z } from 'zod';
import { SERVICES } from './model.ts';
import {
  AddressText,
  AdvisorySource,
  count,
  Duration,
  KeyReference,
  listOf,
  Network,
  Path,
  Scope,
  Secret,
  Size,
  WebUrl,
} from './schema-parts.ts';

const SERVICE = `expected one of ${SERVICES.join(', ')}`;
const VARIABLES = 'expected the start of names of variables, such as PLIMSOLL_SECRET_';
const YES_OR_NO = 'expected true or false';
const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

const listener = z.strictObject({
  address: AddressText.describe(
    'Address and port. Off loopback TLS is needed, and one service on each listener. Port 0 is any that is free.',
  ),
  serves: listOf(z.enum(SERVICES, SERVICE), 'services')
    .min(1, 'expected at least one service')
    .optional()
    .describe(
      'What it answers for: `registry` (`/v2/`, `/auth/token`), `api` (`/api/v1/`, `/console/`, `/auth/token`), `admission` (`/admission/`), `metrics` (`/metrics`); on loopback all of them when not said. `/healthz` and `/readyz` are answered on each.',
    ),
  tls: z
    .strictObject({
      certificate: Path.describe('The certificate and those between it and its authority, PEM.'),
      key: Path.describe('Its private key, PEM, without a passphrase.'),
      clientCa: Path.optional().describe(
        'Certificates of who signs those of clients, PEM. Clients without one are refused then. For `admission`: the authority of the API server.',
      ),
    })
    .optional()
    .describe('How it speaks TLS; not at all when this is not said.'),
});

const metadata = z
  .strictObject({
    sqlite: z
      .strictObject({ path: Path.describe('The file.') })
      .optional()
      .describe('SQLite: `plimsoll.db` below `home` when neither is said.'),
    postgres: z
      .strictObject({
        url: Secret.describe('Where the URL is: `postgres://USER:PASSWORD@HOST/DATABASE`.'),
        pool: count('a number of connections', 2, 200).optional().describe('Connections of each process. Default: 10.'),
      })
      .optional()
      .describe('PostgreSQL.'),
  })
  .refine(hasOneAtMost, 'expected one of sqlite and postgres');

const s3 = z
  .strictObject({
    endpoint: WebUrl.optional().describe('Of a service that is not that of AWS.'),
    bucket: z
      .string('expected the name of a bucket')
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'expected the name of a bucket')
      .describe('It has to be there.'),
    region: z
      .string('expected a region such as eu-central-1')
      .regex(/^[a-z0-9-]{1,64}$/, 'expected a region such as eu-central-1')
      .optional()
      .describe('Default: `us-east-1`.'),
    prefix: z
      .string('expected the start of names, ending in /')
      .regex(/^[0-9A-Za-z._-]+(?:\/[0-9A-Za-z._-]+)*\/$/, 'expected the start of names, ending in /')
      .max(256, 'expected at most 256 characters')
      .optional()
      .describe('In front of every name in the bucket. Default: nothing.'),
    pathStyle: z
      .boolean(YES_OR_NO)
      .optional()
      .describe('The bucket in the path and not in the name of the host. Default: true with `endpoint`, else false.'),
    credentials: z
      .strictObject({
        accessKeyId: Secret.describe('Where its identifier is.'),
        secretAccessKey: Secret.describe('Where its secret is.'),
      })
      .optional()
      .describe(
        'Default: `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, else the profile of AWS that the environment names.',
      ),
    redirect: z
      .boolean(YES_OR_NO)
      .optional()
      .describe('Clients are sent to the bucket for the bytes of blobs (307). Default: false.'),
  })
  .optional()
  .describe('A bucket of S3 or of a service like it.');

const blobs = z
  .strictObject({
    files: z
      .strictObject({ path: Path.describe('The folder.') })
      .optional()
      .describe('Files: `blobs` below `home` when neither is said.'),
    s3,
  })
  .refine(hasOneAtMost, 'expected one of files and s3');

const texts = z.record(z.string().max(256), z.string().max(256), 'expected names with texts');
const TAG_PATTERN = 'expected a pattern in RE2 syntax of at most 256 characters, without counted repetition';

const retentionRule = z
  .strictObject({
    name: z
      .string('expected a name')
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected a name of lower-case letters, digits and dashes')
      .describe('What it is called where it says why something goes: lower-case letters, digits and dashes.'),
    repositories: Scope.describe('`*`, a repository, or all below a prefix: `team/*`.'),
    labels: texts.optional().describe('Only repositories with these labels. Default: any.'),
    tags: listOf(z.string(TAG_PATTERN).regex(/^[^{]{1,256}$/, TAG_PATTERN), 'patterns')
      .optional()
      .describe('RE2 patterns of whole tags: each tag of an image has to be of one of them. Default: any.'),
    untagged: z.boolean(YES_OR_NO).optional().describe('Images without a tag as well. Default: false.'),
    annotations: texts.optional().describe('Only images whose manifest has these annotations. Default: any.'),
    keepLast: count('a number of images', 1, 100_000)
      .optional()
      .describe('So many of these stay in each repository, the newest by push or tag. Default: none of them.'),
    olderThan: Duration.optional().describe('Only what was pushed or tagged longer ago. Default: any age.'),
  })
  .refine(
    ({ keepLast, olderThan }) => keepLast !== undefined || olderThan !== undefined,
    'expected keepLast, olderThan or both',
  );

/** `plimsoll.yaml`, and the published schema of it. Every option is there or has the default that its description says. */
export const serverDocument = z.strictObject({
  apiVersion: z.literal('plimsoll.dev/v1', 'expected plimsoll.dev/v1').optional().describe('`plimsoll.dev/v1`.'),
  kind: z.literal('Server', 'expected Server').optional().describe('`Server`.'),
  home: Path.optional().describe(
    'The folder for data. Default: `PLIMSOLL_HOME`, else `plimsoll` below `XDG_DATA_HOME` or `~/.local/share`.',
  ),
  publicUrl: WebUrl.optional().describe(
    'How clients reach the server, as in links and the realm of the token service. Default: the first listener of the registry; needed when that is off loopback.',
  ),
  listeners: z
    .array(listener, 'expected a list of listeners')
    .min(1, 'expected at least one listener')
    .max(16, 'expected at most 16 listeners')
    .optional()
    .describe('Where it listens. Default: `127.0.0.1:7400` for everything.'),
  trustedProxies: listOf(Network, 'proxies')
    .optional()
    .describe('Proxies whose `X-Forwarded-For` is believed. Default: none.'),
  metadata: metadata.optional().describe('Where records are.'),
  blobs: blobs.optional().describe('Where bytes are.'),
  limits: z
    .strictObject({
      blob: Size.optional().describe('One blob. Default: `64GiB`.'),
      connections: count('a number of connections', 16, 100_000)
        .optional()
        .describe('Connections to one listener. Default: 4096.'),
      requestsPerSecond: count('a number of requests', 1, 100_000)
        .optional()
        .describe(
          'Requests of one client address per second on average, with bursts of ten seconds’ worth. Default: no limit.',
        ),
    })
    .optional()
    .describe('What clients may use.'),
  collection: z
    .strictObject({
      grace: Duration.optional().describe('How long what was deleted, or is not needed, is kept. Default: `24h`.'),
      every: Duration.optional().describe('Between two collections of garbage. Default: `6h`.'),
      untagged: Duration.optional().describe(
        'How long a manifest is kept that nothing refers to any more: no tag, no index, it is no referrer, and nobody has said that it runs. It counts from when the last tag went. Default: for ever.',
      ),
    })
    .optional()
    .describe('Collection of garbage.'),
  scrub: z
    .strictObject({
      every: Duration.optional().describe(
        'In this time every blob is read and its digest verified once. Default: `7d`.',
      ),
    })
    .optional()
    .describe('The search for damaged bytes.'),
  worker: z
    .strictObject({
      concurrency: count('a number of jobs', 1, 64).optional().describe('Jobs at once. Default: 2.'),
      cache: Size.optional().describe(
        'What is kept of layers that were read, so that they need not be read again. Default: `PLIMSOLL_CACHE_SIZE`, else `2GiB`.',
      ),
    })
    .optional()
    .describe('What is done in the background.'),
  retention: z
    .strictObject({
      every: Duration.optional().describe('Between two looks at what may go. Default: `24h`.'),
      rules: z
        .array(retentionRule, 'expected a list of rules')
        .min(1, 'expected at least one rule')
        .max(64, 'expected at most 64 rules')
        .describe('An image goes when one of these lets it go and nothing keeps it.'),
    })
    .optional()
    .describe(
      'Which images are deleted, restorable until `collection > grace` has passed. Never what somebody runs, or has a tag that is never deleted. Default: none.',
    ),
  access: z
    .strictObject({
      anonymousPull: listOf(Scope, 'scopes')
        .optional()
        .describe('Repositories that anybody may pull from without an account, when approved. Default: none.'),
    })
    .optional()
    .describe('Who may do what without an account.'),
  advisories: z
    .strictObject({
      source: AdvisorySource.describe(
        'A folder or URL in the layout of the OSV export, a configuration ending in `.yaml`, or `public` for the public feeds. [Guide](../guides/advisories.md).',
      ),
      every: Duration.optional().describe('Between two looks at it. Default: `1h`.'),
    })
    .optional()
    .describe(
      'Where advisories come from. Default: `PLIMSOLL_ADVISORIES`, else nowhere: a server asks nobody whom you did not name.',
    ),
  signing: z
    .strictObject({
      key: KeyReference.optional().describe(
        'The key that signs bills of materials, reports and verdicts, as `--key` of `plimsoll sign`. Workers on several machines need one that all of them have. Default: `signing.key` below `home`, made at the first start of a worker.',
      ),
      passphrase: Secret.optional().describe('Where the passphrase of a key in a file is.'),
    })
    .optional()
    .describe('How the server signs what it says of images.'),
  sources: z
    .strictObject({
      secrets: Path.optional().describe(
        'The folder of the files that credentials of a source may name (`file:/PATH`). Default: `secrets` below `home`.',
      ),
      variables: z
        .string(VARIABLES)
        .regex(/^[A-Z_][0-9A-Z_]{2,63}$/, VARIABLES)
        .optional()
        .describe(
          'How variables begin that credentials of a source may name (`env:NAME`). Default: `PLIMSOLL_SECRET_`.',
        ),
      registries: Path.optional().describe(
        'A [registries file](../guides/registries.md), for `ca`, client certificates and `token-realms` of registries that sources name. What it says of mirrors and `tls` does not count. Default: none.',
      ),
      proxies: z
        .boolean(YES_OR_NO)
        .optional()
        .describe(
          'Registries of sources are asked by `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of the worker. The proxy then decides which addresses are reached. Default: false.',
        ),
    })
    .optional()
    .describe('How registries of sources are reached. Whoever may write documents may name no other secrets.'),
  log: z
    .strictObject({
      level: z
        .enum(LEVELS, `expected one of ${LEVELS.join(', ')}`)
        .optional()
        .describe('Default: `info`.'),
    })
    .optional()
    .describe('The log, JSON lines on standard error.'),
  shutdown: z
    .strictObject({
      grace: Duration.optional().describe('What requests and jobs at hand get when the server stops. Default: `20s`.'),
    })
    .optional()
    .describe('How it stops.'),
});

/** A configuration as a file has it. */
export type ServerDocument = z.infer<typeof serverDocument>;

function hasOneAtMost(members: Readonly<Record<string, unknown>>): boolean {
  return Object.values(members).filter((member) => member !== undefined).length <= 1;
}
