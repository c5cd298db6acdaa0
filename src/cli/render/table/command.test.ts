import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shortCommand } from './command.ts';

const HEX = 'ae1f0992aabbccddeeff00112233445566778899aabbccddeeff001122334455';

describe('the command that made a layer', () => {
  const cases: readonly (readonly [createdBy: string | null, short: string])[] = [
    [null, ''],
    [`/bin/sh -c #(nop) ADD file:${HEX} in / `, 'ADD file:ae1f0992… in /'],
    ['/bin/sh -c #(nop)  CMD ["/bin/sh"]', 'CMD ["/bin/sh"]'],
    ['/bin/sh -c apk add   --no-cache curl', 'RUN apk add --no-cache curl'],
    ['RUN /bin/sh -c apk add curl # buildkit', 'RUN apk add curl'],
    ['RUN |1 VERSION=3 /bin/sh -c make install # buildkit', 'RUN make install'],
    ['|1 VERSION=3 /bin/sh -c make install', 'RUN make install'],
    ['COPY app /srv/app # buildkit', 'COPY app /srv/app'],
    ['ENTRYPOINT ["/bin/sh -c x"]', 'ENTRYPOINT ["/bin/sh -c x"]'],
    ['bazel build //image', 'bazel build //image'],
    ['RUN \u001b[2J', 'RUN \\u{1b}[2J'],
  ];
  for (const [createdBy, short] of cases) {
    it(`of ${JSON.stringify(createdBy)}`, () => {
      assert.equal(shortCommand(createdBy), short);
    });
  }
});
