import { type Random, randomOf } from '#test/fixtures/random.ts';

const FINDINGS = ['CVE-2019-14697', 'CVE-2020-1971', 'CVE-2021-3450', 'CVE-2019-1543', 'CVE-2018-1000517'] as const;
const PACKAGES = [
  'pkg:deb/debian/libc6',
  'pkg:deb/debian/zlib1g',
  'pkg:apk/alpine/musl',
  'pkg:apk/alpine/busybox',
  'pkg:npm/ajv',
  'pkg:npm/nowhere',
] as const;
const BASES = ['debian-bookworm', 'debian-sid', 'alpine-3.20.3-x86_64', 'ubuntu-18.04', 'nothing'] as const;
const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
const STATES = ['quarantined', 'approved', 'deprecated', 'revoked'] as const;
const ORDERS = ['name', 'newest', 'worst'] as const;
const OUTCOMES = ['admitted', 'refused', 'warned'] as const;

/** What people ask of a catalogue, each filter by itself and some together, in every order: query strings of `/catalog`. */
export function catalogQueries(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => queryOf(index, randomOf(index + 1)));
}

function queryOf(index: number, random: Random): string {
  const kinds = FILTERS.length;
  const parts = { ...FILTERS[index % kinds]?.(random), limit: '50', order: random.pick(ORDERS) };
  const more = random.percent(30) ? FILTERS[random.integer(kinds)]?.(random) : {};
  return new URLSearchParams({ ...more, ...parts }).toString();
}

const FILTERS: readonly ((random: Random) => Readonly<Record<string, string>>)[] = [
  () => ({}),
  (random) => ({ text: `service${random.integer(5000)}` }),
  (random) => ({ text: String(random.integer(100)) }),
  (random) => ({ package: random.pick(PACKAGES) }),
  (random) => ({ finding: random.pick(FINDINGS) }),
  (random) => ({ severity: random.pick(SEVERITIES) }),
  (random) => ({ state: random.pick(STATES) }),
  (random) => ({ base: random.pick(BASES) }),
  (random) => ({ environment: 'shop', outcome: random.pick(OUTCOMES) }),
  (random) => ({ createdBefore: new Date(Date.now() - random.integer(700) * 86_400_000).toISOString() }),
  (random) => ({ createdAfter: new Date(Date.now() - random.integer(30) * 86_400_000).toISOString() }),
  (random) => ({ inUse: String(random.percent(50)) }),
  (random) => ({ owner: `team-${random.integer(50)}` }),
];
