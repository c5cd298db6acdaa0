import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAppError } from '#base/error.ts';
import { Failure } from '../failure.ts';
import { acquisitionProgress, renderAcquisition } from '../render/acquisition.ts';
import { answerOf } from '../server/answer.ts';
import { askApi } from '../server/api-client.ts';
import { type RemoteResult, type RemoteRun, remoteCommand } from '../server/remote-command.ts';

const LOOK_MS = 500;

export const acquire = remoteCommand({
  name: 'acquire',
  usage: 'REF [--wait] [--force]',
  summary: 'take an image from a source into the catalogue of a server, through quarantine',
  description: [
    'Asks the server to copy an image of somebody else: REF is docker.io/library/alpine:3.20, with a tag or a digest. A document of kind Source has to allow it. All of the image comes in, with its signatures, attestations and bills of materials, to quarantine; it is analysed, its evidence verified, and policy decides whether it is let out. An image that is on its way already is joined.',
    'With --wait the command ends when that is over, and says what came of it: exit code 0 when the image is promoted, 1 when it is held or refused, 3 when it could not be taken. It goes on waiting while the server is started again; where --timeout ends it, the server goes on, and to ask again is to join. Without --wait it ends with 0 as soon as the image is asked for.',
    'What was held or refused is not taken again until something changes that decides. --force has an approver take it once more, by its digest.',
    'docs/guides/acquire.md tells it from an empty folder on.',
  ],
  options: {
    wait: { type: 'boolean', help: 'wait until it is over' },
    force: { type: 'boolean', help: 'take a digest once more that was held or refused' },
  },
  examples: [
    'plimsoll acquire docker.io/library/alpine:3.20 --wait',
    'plimsoll acquire docker.io/library/alpine:3.20 --wait --timeout 10m -o json',
  ],
  words: [1, 1],
  run,
  render: renderAcquisition,
});

async function run({ words: [reference = ''], options, target, io, signal, line }: RemoteRun): Promise<RemoteResult> {
  const body = { reference, ...(options.flag('force') && { force: true }) };
  let answer = await askApi(target, 'POST', '/acquisitions', body, randomUUID());
  const id = answerOf(answer, 'acquisition').text('id');
  if (!options.flag('wait')) {
    if (!options.flag('quiet') && io.stderr.isTerminal) {
      io.err('plimsoll: asked for; plimsoll acquire REF --wait waits for what comes of it\n');
    }
    return { answer };
  }
  while (answerOf(answer, 'acquisition').optional('finishedAt') === null) {
    line.show(acquisitionProgress(answer));
    await sleep(LOOK_MS, undefined, { signal });
    answer = (await look({ target, id })) ?? answer;
  }
  return { answer, exitCode: EXIT_CODES[answerOf(answer, 'acquisition').text('state')] ?? 3 };
}

const EXIT_CODES: Readonly<Record<string, number>> = { promoted: 0, held: 1, refused: 1 };

/** Null when the server cannot be asked for the moment: what it does goes on when it is back. */
async function look({ target, id }: Pick<RemoteRun, 'target'> & { readonly id: string }): Promise<unknown> {
  try {
    return await askApi(target, 'GET', `/acquisitions/${id}`);
  } catch (error) {
    target.signal.throwIfAborted();
    if (isPassing(error)) {
      return null;
    }
    throw error;
  }
}

function isPassing(error: unknown): boolean {
  const isServers = error instanceof Failure && /^status (?:429|5[0-9][0-9])$/.test(error.found ?? '');
  return isServers || (isAppError(error) && (error.code === 'HTTP_UNREACHABLE' || error.code === 'HTTP_TIMEOUT'));
}
