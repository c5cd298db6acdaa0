import type { AdvisoryProvider } from '../provider.ts';

/** `v3.20`, and `edge`, which is what becomes the next release. */
const RELEASE = /^Alpine:(?:v\d{1,3}\.\d{1,3}|edge)$/;

/** Alpine's security database: `<release>/main.json` and `<release>/community.json`, with the fixes of each package. */
export const alpineSecdb: AdvisoryProvider = {
  id: 'alpine-secdb',
  capabilities: {
    home: 'https://secdb.alpinelinux.org',
    gives: ['advisories'],
    incremental: false,
    verified: 'nothing',
  },
  shardFor: (needed) => (RELEASE.test(needed) ? needed : null),
  refresh: async (shard, request) => {
    const { refreshSecdb } = await import('./refresh.ts');
    const release = shard.slice('Alpine:'.length);
    return await refreshSecdb(request, {
      ecosystem: shard,
      paths: [`${release}/main.json`, `${release}/community.json`],
      prefix: 'ALPINE',
      page: 'https://security.alpinelinux.org/vuln/',
    });
  },
};
