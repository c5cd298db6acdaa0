import { randomBytes } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import { quote } from '#base/error.ts';
import type { Log } from '#base/log.ts';
import { newId } from '#base/uuid.ts';
import { hashPassword, subjectIdOf } from '#lib/access/index.ts';
import type { Records } from '#model/platform/records.ts';
import type { ServerConfig } from '../config/index.ts';
import { openMetadata } from '../roles/open-stores.ts';
import type { Credential } from '../supervisor/index.ts';
import { AccountError } from './account-error.ts';
import { newPassword } from './first-admin.ts';

export interface RecoverOptions {
  readonly config: ServerConfig;
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Users that an error names at most. */
const MAX_NAMED = 20;

/**
 * Gives a user a password that nobody knows yet, ends all its tokens and enables it, for whoever may read the configuration of the server. It may run:
 * its processes learn of it within seconds. Throws `ACCOUNT_UNKNOWN`.
 */
export async function recoverUser({ config, name, clock, log }: RecoverOptions): Promise<Credential> {
  const store = await openMetadata(config, { clock, log });
  try {
    const password = newPassword();
    const secret = await hashPassword(password, randomBytes);
    await store.transaction(async (records) => {
      const account = await records.accounts.find(name);
      if (account?.kind !== 'user') {
        throw new AccountError('ACCOUNT_UNKNOWN', 'no such user', {
          object: quote(name),
          expected: await namesIn(records),
        });
      }
      const now = clock.now();
      const tokensFrom = Math.max(now, account.tokensFrom + 1);
      await records.accounts.update({ ...account, secret, tokensFrom, disabledAt: null });
      await records.events.append({
        id: newId(now, randomBytes),
        type: 'account.changed.v1',
        subject: subjectIdOf(account),
        actor: 'system',
        time: now,
        projectId: account.projectId,
        data: { name, change: 'recovered' },
      });
    });
    return { name, secret: password };
  } finally {
    await store.close();
  }
}

async function namesIn(records: Records): Promise<string> {
  const users = await records.accounts.list('user', { after: null, limit: MAX_NAMED + 1 });
  const names = users.map((user) => user.name);
  return names.length > MAX_NAMED
    ? `the name of a user: ${names.slice(0, MAX_NAMED).join(', ')}, …`
    : `one of ${names.join(', ')}`;
}
