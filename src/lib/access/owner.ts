import type { Subject } from '#model/platform/access.ts';
import { robotNameOfSubject } from './account-name.ts';

const SEPARATOR = '#';

/**
 * Under which what somebody uploads is kept as theirs: the name, for people, and the account, since whoever gets an account of the same name
 * later must not get what an earlier one uploaded.
 */
export function ownerOf({ id, account }: Subject): string {
  return account === undefined ? id : `${id}${SEPARATOR}${account}`;
}

/** The name in it: `user:alice`. */
export function nameOfOwner(owner: string): string {
  return owner.split(SEPARATOR, 1)[0] ?? owner;
}

/**
 * Whether somebody is the owner, or whoever a name stands for: by the account, whatever it is called now, or by the name, since an account that was removed and
 * made again may be the same person's.
 */
export function isOwner({ id, account }: Subject, owner: string): boolean {
  const at = owner.indexOf(SEPARATOR);
  return id === nameOfOwner(owner) || (account !== undefined && at !== -1 && owner.slice(at + 1) === account);
}

/** The name of the account of a robot that is the owner, and the account itself where that is known; null for anybody else. */
export function robotOf(owner: string): { readonly name: string; readonly account: string | null } | null {
  const name = robotNameOfSubject(nameOfOwner(owner));
  const at = owner.indexOf(SEPARATOR);
  return name === null ? null : { name, account: at === -1 ? null : owner.slice(at + 1) };
}
