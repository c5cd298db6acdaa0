import { randomBytes } from 'node:crypto';
import { newId } from '#base/uuid.ts';
import { hashPassword, subjectIdOf } from '#lib/access/index.ts';
import type { Account } from '#model/platform/records.ts';
import type { ServerContext } from '../context.ts';

const NAME = 'admin';
/** 144 bits. In hex: it is copied with a double click. */
const PASSWORD_BYTES = 18;

/** A name and a password to be printed once. It is nowhere else: what is stored is its hash, and no log has it. */
export interface FirstCredential {
  readonly name: string;
  readonly password: string;
}

/** One that nobody knows yet. */
export function newPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString('hex');
}

/** Makes an administrator when there is no account at all; null when there is one. Of processes that start at once one makes it. */
export async function ensureFirstAdmin({
  store,
  clock,
}: Pick<ServerContext, 'store' | 'clock'>): Promise<FirstCredential | null> {
  if ((await store.records.accounts.count()) > 0) {
    return null;
  }
  const password = newPassword();
  const secret = await hashPassword(password, randomBytes);
  const isMade = await store.transaction(async (records) => {
    const now = clock.now();
    const account: Account = {
      id: newId(now, randomBytes),
      kind: 'user',
      name: NAME,
      projectId: null,
      secret,
      environment: null,
      expiresAt: null,
      disabledAt: null,
      tokensFrom: now,
      createdAt: now,
      createdBy: 'system',
      grants: [{ role: 'admin', scope: '*', environment: '*' }],
    };
    if ((await records.accounts.count()) > 0 || !(await records.accounts.create(account))) {
      return false;
    }
    await records.events.append({
      id: newId(now, randomBytes),
      type: 'account.created.v1',
      subject: subjectIdOf(account),
      actor: 'system',
      time: now,
      projectId: null,
      data: { kind: 'user', name: NAME },
    });
    return true;
  });
  return isMade ? { name: NAME, password } : null;
}
