import { type Members, membersOf, textOf } from '#base/json/members.ts';
import type { AnalysedFile } from '#model/analyser.ts';
import { type Origin, originUrl } from '#model/origin.ts';
import { readHint } from '../../json-hint.ts';

/** What installers write of a distribution that they were told the URL of (PEP 610). */
const NAME = 'direct_url.json';
export const DIRECT_URL = `.dist-info/${NAME}`;

/** From where the distribution was got whose METADATA is beside it; null where it says so in no way that can be used. */
export function readDirectUrl({ bytes, path }: AnalysedFile): Origin | null {
  const members = readHint(bytes, path);
  const url = members === null ? null : urlOf(members);
  return url === null ? null : { path: `${path.slice(0, -NAME.length)}METADATA`, url };
}

/** Of a repository `vcs+url@commit`, as pip takes it. */
function urlOf(members: Members): string | null {
  const url = originUrl(textOf(members, 'url') ?? '');
  if (url === null || !members.has('vcs_info')) {
    return url;
  }
  const info = membersOf(members.get('vcs_info')) ?? new Map<string, unknown>();
  const [vcs, commit] = [textOf(info, 'vcs') ?? '', textOf(info, 'commit_id') ?? ''];
  if (!/^[a-z]{1,8}$/.test(vcs) || !/^[0-9A-Za-z]{1,64}$/.test(commit)) {
    return null;
  }
  const text = `${vcs}+${url}@${commit}`;
  // Behind a host without a path, the commit would be another host.
  return originUrl(text) === text ? text : null;
}
