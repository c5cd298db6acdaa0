import type { AdvisoryProvider } from '../provider.ts';

/** Wolfi's security database, in the form of Alpine's: `os/security.json`. */
export const wolfiSecdb: AdvisoryProvider = {
  id: 'wolfi-secdb',
  capabilities: {
    home: 'https://packages.wolfi.dev',
    gives: ['advisories'],
    incremental: false,
    verified: 'nothing',
  },
  shardFor: (needed) => (needed === 'Wolfi' ? needed : null),
  refresh: async (shard, request) => {
    const { refreshSecdb } = await import('../alpine-secdb/refresh.ts');
    return await refreshSecdb(request, { ecosystem: shard, paths: ['os/security.json'], prefix: 'WOLFI', page: null });
  },
};
