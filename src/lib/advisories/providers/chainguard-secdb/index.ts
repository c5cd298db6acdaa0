import type { AdvisoryProvider } from '../provider.ts';

/** Chainguard's security database, in the form of Alpine's: `chainguard/security.json`. */
export const chainguardSecdb: AdvisoryProvider = {
  id: 'chainguard-secdb',
  capabilities: {
    home: 'https://packages.cgr.dev',
    gives: ['advisories'],
    incremental: false,
    verified: 'nothing',
  },
  shardFor: (needed) => (needed === 'Chainguard' ? needed : null),
  refresh: async (shard, request) => {
    const { refreshSecdb } = await import('../alpine-secdb/refresh.ts');
    return await refreshSecdb(request, {
      ecosystem: shard,
      paths: ['chainguard/security.json'],
      prefix: 'CHAINGUARD',
      page: null,
    });
  },
};
