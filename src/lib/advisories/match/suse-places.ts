import { quote } from '#base/error.ts';
import type { OsRelease } from '#model/package.ts';
import { isNeededName } from '../ecosystem-name.ts';
import type { Places } from './release.ts';

/** Those who pay for longer get updates under names of their own; their versions are in one line with the rest. */
const PHASES: readonly string[] = ['-ESPOS', '-LTSS', '-TERADATA'];

/**
 * `SUSE Linux Enterprise Server 15 SP4` is `SUSE:Linux Enterprise Server 15 SP4`, `openSUSE Leap 15.6` is `openSUSE:Leap 15.6`. The packages of
 * an enterprise product are in modules (`SUSE:Linux Enterprise Module for Basesystem 15 SP4`), and nothing in an image says which it has, so that all of its
 * release speak for it: records name the packages that each has.
 */
export function susePlaces({ prettyName = '' }: OsRelease): Places {
  const words = prettyName.trim().split(' ');
  const shard = words[0] ?? '';
  const product = words.slice(1).join(' ');
  if ((shard !== 'SUSE' && shard !== 'openSUSE') || product === '' || !isNeededName(`${shard}:${product}`)) {
    const found = prettyName === '' ? 'none' : quote(prettyName, MAX_CHARS);
    return { problem: `expected a name such as "openSUSE Leap 15.6" in os-release, found ${found}` };
  }
  const ecosystem = `${shard}:${product}`;
  const number = words.findIndex((word) => /^[0-9]/.test(word));
  const release = words.slice(number).join(' ');
  const alike = shard === 'SUSE' && number > 0 ? { alike: (other: string) => isOfRelease(other, release) } : {};
  return [{ shard, ecosystem, names: 'source', ...alike }];
}

const MAX_CHARS = 80;

function isOfRelease(ecosystem: string, release: string): boolean {
  const phase = PHASES.find((suffix) => ecosystem.endsWith(suffix));
  return (phase === undefined ? ecosystem : ecosystem.slice(0, -phase.length)).endsWith(` ${release}`);
}
