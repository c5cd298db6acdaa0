import type { AdvisoryProvider } from '../provider.ts';

/** distro-info-data of Debian: dates of Debian's and Ubuntu's releases, a CSV document each; `/usr/share/distro-info` where it is installed. */
export const distroInfo: AdvisoryProvider = {
  id: 'distro-info',
  capabilities: {
    home: 'https://debian.pages.debian.net/distro-info-data',
    gives: ['lifecycle'],
    incremental: false,
    verified: 'nothing',
  },
  shardFor: (needed) => (needed === 'Lifecycle' ? 'Lifecycle' : null),
  refresh: async (_shard, request) => {
    const { refresh } = await import('./read.ts');
    return await refresh(request);
  },
};
