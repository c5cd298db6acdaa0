import type { AdvisoryProvider } from '../provider.ts';

/** Red Hat's CSAF documents, one for each CVE or one for each update: an archive of all of them, and what has changed since. */
export const redhatCsaf: AdvisoryProvider = {
  id: 'redhat-csaf',
  capabilities: {
    home: 'https://security.access.redhat.com/data/csaf/v2/vex',
    gives: ['advisories'],
    incremental: true,
    verified: 'signature',
  },
  shardFor: (needed) => (/^Red Hat(?::[A-Za-z0-9._:~-]+)?$/.test(needed) ? 'Red Hat' : null),
  refresh: async (_shard, request) => {
    const { refresh } = await import('./refresh.ts');
    return await refresh(request);
  },
};
