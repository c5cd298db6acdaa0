import { randomUUID } from 'node:crypto';
import { quote } from '#base/error.ts';
import type { Command, OptionSpec, OptionValues } from '../command.ts';
import { Failure } from '../failure.ts';
import { renderState } from '../render/image-state.ts';
import { askApi } from '../server/api-client.ts';
import { parseServerImage, pathOfImage, resolveServerImage } from '../server/image-name.ts';
import { type RemoteResult, type RemoteRun, remoteCommand } from '../server/remote-command.ts';

const REASON: OptionSpec = { type: 'string', value: 'TEXT', help: 'why, for whoever reads it later; needed' };
const IMAGE =
  'IMAGE is REPOSITORY:TAG or REPOSITORY@DIGEST, with the host of the server before it or not. Of a tag the image counts that it means when the command starts.';

export const promote: Command = remoteCommand({
  name: 'promote',
  usage: 'IMAGE --reason TEXT [--environment NAME [--until TIME]]',
  summary: 'let an image out of quarantine, or approve it for an environment',
  description: [
    'Decides as a person that an image is served, whatever policy says of it, and with --environment that those get it who pull for that: of an image that is served already that alone. Needs the role approver; nobody promotes what they or their robots pushed or asked for.',
    IMAGE,
  ],
  options: {
    reason: REASON,
    environment: { type: 'string', value: 'NAME', help: 'approve it for this environment as well' },
    until: {
      type: 'string',
      value: 'TIME',
      help: 'the approval for the environment ends then: 2027-01-31 or 2027-01-31T12:00:00Z',
    },
  },
  examples: [
    "plimsoll promote mirror/library/alpine:3.20 --reason 'checked by hand, ticket 4711'",
    "plimsoll promote team/app@sha256:… --environment production --until 2027-01-31 --reason 'release 7'",
  ],
  words: [1, 1],
  run: async (run) => {
    const { options } = run;
    const until = options.text('until');
    if (until !== undefined && options.text('environment') === undefined) {
      throw new Failure('USAGE', '--until is the end of an approval', { object: '--until', expected: '--environment' });
    }
    const validUntil = until === undefined ? null : timeOf(until);
    return await decide(run, 'promote', { environment: options.text('environment') ?? null, validUntil });
  },
  render: renderState,
});

export const revoke: Command = remoteCommand({
  name: 'revoke',
  usage: 'IMAGE --reason TEXT [--environment NAME]',
  summary: 'end that an image is served',
  description: [
    'Ends at once that an image is served to anybody, with all of its platforms, until a person decides otherwise; with --environment only for those who pull for that. Needs the role approver.',
    IMAGE,
  ],
  options: {
    reason: REASON,
    environment: { type: 'string', value: 'NAME', help: 'only for this environment; its state stays' },
  },
  examples: ["plimsoll revoke team/app:1.2 --reason 'leaks credentials, incident 12'"],
  words: [1, 1],
  run: async (run) => {
    const environment = run.options.text('environment');
    return environment === undefined
      ? await decide(run, 'revoke', {})
      : await decide(run, 'approvals', { environment, decision: 'refused' });
  },
  render: renderState,
});

async function decide({ words, options, target }: RemoteRun, what: string, more: object): Promise<RemoteResult> {
  const reason = reasonOf(options);
  const image = await resolveServerImage(target, parseServerImage(words[0] ?? '', target.origin));
  const answer = await askApi(target, 'POST', `${pathOfImage(image)}/${what}`, { reason, ...more }, randomUUID());
  const { repository, reference: digest } = image;
  return { answer: { repository, digest, ...(typeof answer === 'object' ? answer : {}) } };
}

function reasonOf(options: OptionValues): string {
  const reason = options.text('reason')?.trim() ?? '';
  if (reason === '') {
    throw new Failure('USAGE', 'a reason is needed', {
      object: '--reason',
      expected: 'a text for whoever reads it later',
      found: 'none',
    });
  }
  return reason;
}

function timeOf(text: string): string {
  const isTime = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?Z)?$/.test(text) && !Number.isNaN(Date.parse(text));
  if (!isTime) {
    throw new Failure('USAGE', 'not a time', {
      object: '--until',
      expected: '2027-01-31 or 2027-01-31T12:00:00Z',
      found: quote(text),
    });
  }
  return new Date(text).toISOString();
}
