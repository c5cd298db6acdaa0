import { Failure } from '../failure.ts';
import { renderWhere } from '../render/where.ts';
import { isFindingId } from '../server/finding-id.ts';
import { listSome } from '../server/list-some.ts';
import { remoteCommand } from '../server/remote-command.ts';

const MAX_PLACES = 10_000;

export const where = remoteCommand({
  name: 'where',
  usage: 'PACKAGE|FINDING',
  summary: 'which images of a server hold a package or have a finding, and where they run',
  description: [
    'PACKAGE is a package URL, or a name with a version or without: openssl, lodash@4.17.20. FINDING is an id or alias of an advisory: CVE-2024-3094, GHSA-jfh8-c2jp-5v3q. What looks like an id is one, in capitals or not; --package and --finding say which is meant. Stored inventories are asked, no image is read.',
  ],
  options: {
    package: { type: 'boolean', help: 'it is a package' },
    finding: { type: 'boolean', help: 'it is the id of a finding' },
  },
  examples: ['plimsoll where CVE-2024-3094', 'plimsoll where openssl', 'plimsoll where pkg:npm/lodash@4.17.20 -o json'],
  words: [1, 1],
  run: async ({ words: [text = ''], options, target }) => {
    if (options.flag('package') && options.flag('finding')) {
      throw new Failure('USAGE', 'a package and a finding', {
        object: 'where',
        expected: '--package or --finding',
        found: 'both',
      });
    }
    const isFinding = options.flag('finding') || (!options.flag('package') && isFindingId(text));
    const parameters = new URLSearchParams({ [isFinding ? 'finding' : 'package']: text });
    return { answer: await listSome(target, '/where', parameters, MAX_PLACES) };
  },
  render: renderWhere,
});
