import { quote } from '#base/error.ts';
import { isRepositoryName } from '#model/platform/repository-name.ts';
import { AccessError } from './error.ts';

const ROBOT_PREFIX = 'robot$';
const MAX_NAME_CHARS = 64;

/** The text as the name of a user: lower case, so that no two look alike but for that. Throws `ACCOUNT_NAME_INVALID`. */
export function parseUserName(text: string): string {
  if (!isName(text)) {
    throw invalid('user', text);
  }
  return text;
}

/** What names of robots look like. `project` is null for one of no project. */
export interface RobotName {
  readonly project: string | null;
  readonly name: string;
}

/** `robot$team+ci` in its parts, or of no project `robot$ci`. Throws `ACCOUNT_NAME_INVALID`. */
export function parseRobotName(text: string): RobotName {
  const rest = text.startsWith(ROBOT_PREFIX) ? text.slice(ROBOT_PREFIX.length) : '';
  const plus = rest.indexOf('+');
  const project = plus === -1 ? null : rest.slice(0, plus);
  const name = rest.slice(plus + 1);
  if (!isName(name) || (project !== null && (!isRepositoryName(project) || project.includes('/')))) {
    throw invalid('robot', text);
  }
  return { project, name };
}

/** The name under which a robot logs in. */
export function robotNameOf({ project, name }: RobotName): string {
  return `${ROBOT_PREFIX}${project === null ? '' : `${project}+`}${name}`;
}

/** True for a name that only robots have. */
export function isRobotName(text: string): boolean {
  return text.startsWith(ROBOT_PREFIX);
}

/** `user:alice`, `robot:team+ci`: who did something, in events and records. */
export function subjectIdOf(account: { readonly kind: 'user' | 'robot'; readonly name: string }): string {
  return account.kind === 'user' ? `user:${account.name}` : `robot:${account.name.slice(ROBOT_PREFIX.length)}`;
}

const ROBOT_ID_PREFIX = 'robot:';

/** Of `robot:team+ci` the name of the account, `robot$team+ci`; null for a subject that is no robot. */
export function robotNameOfSubject(id: string): string | null {
  return id.startsWith(ROBOT_ID_PREFIX) ? `${ROBOT_PREFIX}${id.slice(ROBOT_ID_PREFIX.length)}` : null;
}

function isName(text: string): boolean {
  return (
    text.length <= MAX_NAME_CHARS && /^[a-z0-9._-]+$/.test(text) && /^[a-z0-9]/.test(text) && /[a-z0-9]$/.test(text)
  );
}

function invalid(kind: 'user' | 'robot', text: string): AccessError {
  const expected =
    'lower-case letters and digits, with dots, dashes and underscores between them, at most 64 characters';
  return new AccessError('ACCOUNT_NAME_INVALID', `not the name of a ${kind}`, {
    object: 'name',
    expected: kind === 'user' ? expected : `robot$NAME or robot$PROJECT+NAME; NAME of ${expected}`,
    found: quote(text),
  });
}
