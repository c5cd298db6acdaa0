import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { GnuPg } from '#test/fixtures/gnupg.ts';
import { redhatFeed, redhatVex } from '#test/fixtures/redhat-vex.ts';
import { missing } from '#test/prerequisites.ts';
import { openAdvisories, type UpdateResult } from './advisories.ts';

evidence('advisories/redhat-csaf', 'real tool', 'a feed whose documents GnuPG has signed');

const root = mkdtempSync(join(tmpdir(), 'plimsoll-signed-feed-'));
after(() => rmSync(root, { recursive: true, force: true }));

const ARCHIVE = 'csaf_vex_2026-05-01.tar.zst';
const CHANGED = '2024/cve-2024-10001.json';
const PRODUCT = 'o:redhat:enterprise_linux:9::baseos';

function vex(version: string): object {
  const purl = `pkg:rpm/redhat/curl@${version}?arch=x86_64`;
  return redhatVex('CVE-2024-10001', [{ product: PRODUCT, purl, status: 'fixed' }]);
}

describe('a feed with a key', { skip: missing('gnupg') }, () => {
  /** A feed of one document, whose archive is signed, and what a look at it gives. */
  function publish() {
    const folder = mkdtempSync(join(root, 'feed-'));
    const gpg = new GnuPg('20260101T000000');
    const [own, other] = [gpg.key('own', 'ed25519'), gpg.key('other', 'ed25519')];
    const write = (path: string, content: string | Uint8Array) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    };
    const documents = redhatFeed({ [CHANGED]: vex('1-1') });
    for (const [path, content] of Object.entries(documents)) {
      write(path, content);
    }
    const [key, home] = [join(folder, 'own.asc'), join(folder, 'home')];
    writeFileSync(key, gpg.public(own));
    const archive = documents[ARCHIVE] ?? Buffer.alloc(0);
    write(`${ARCHIVE}.asc`, gpg.sign(own, archive));
    return {
      folder,
      write,
      key,
      archive,
      /** A change of the document, signed by one of the keys. */
      change: (version: string, day: string, user: 'own' | 'other') => {
        const text = JSON.stringify(vex(version)).replaceAll('2026-04-20T', `2026-05-${day}T`);
        write('changes.csv', `${CHANGED},2026-05-${day}T10:00:00Z\n`);
        write(CHANGED, text);
        write(`${CHANGED}.asc`, gpg.sign(user === 'own' ? own : other, text));
      },
      signedByOther: (content: Uint8Array) => gpg.sign(other, content),
      keyOfOther: () => gpg.public(other),
      look: async (
        withKey = true,
      ): Promise<readonly [UpdateResult['outcome'] | undefined, readonly unknown[], string]> => {
        const advisories = openAdvisories({
          sources: [{ provider: 'redhat-csaf', place: folder, ecosystems: null, ...(withKey && { key }) }],
          home,
          offline: false,
          clock: { now: () => Date.parse('2026-06-01T00:00:00Z') },
          signal: new AbortController().signal,
        });
        try {
          const [result] = await advisories.update(['Red Hat:enterprise_linux:9']);
          const { reader } = await advisories.shard('Red Hat:enterprise_linux:9');
          const rows = reader?.affected('Red Hat:enterprise_linux:9::baseos', 'curl') ?? [];
          const fixed = rows.flatMap(({ ranges }) => ranges.flatMap(({ events }) => events.slice(1)));
          return [result?.outcome, fixed, result?.unknowns.map(({ reason }) => reason).join('\n') ?? ''];
        } finally {
          advisories.close();
        }
      },
      close: () => gpg.close(),
    };
  }

  async function withFeed(run: (feed: ReturnType<typeof publish>) => Promise<void>): Promise<void> {
    const feed = publish();
    try {
      await run(feed);
    } finally {
      feed.close();
    }
  }

  it('takes over what is signed by it, and keeps what it has when a document is signed by another', async () => {
    await withFeed(async (feed) => {
      assert.deepEqual(await feed.look(), ['built', [{ fixed: '1-1' }], '']);
      feed.change('2-2', '10', 'own');
      assert.deepEqual(await feed.look(), ['changed', [{ fixed: '2-2' }], '']);
      feed.change('3-3', '20', 'other');
      const [outcome, fixed, reason] = await feed.look();
      assert.deepEqual([outcome, fixed], ['failed', [{ fixed: '2-2' }]]);
      assert.match(reason, /cve-2024-10001\.json\.asc: .*expected a signature by [0-9a-f]{40}, found one by/);
      assert.ok(existsSync(join(feed.folder, CHANGED)), 'the documents of a folder are left alone');
    });
  });

  it('refuses an archive without a signature, or with one by another key', async () => {
    await withFeed(async (feed) => {
      feed.write(`${ARCHIVE}.asc`, feed.signedByOther(feed.archive));
      const [outcome, fixed, reason] = await feed.look();
      assert.deepEqual([outcome, fixed], ['failed', []]);
      assert.match(reason, /tar\.zst\.asc: .*expected a signature by/);
      rmSync(join(feed.folder, `${ARCHIVE}.asc`));
      assert.match((await feed.look())[2], /expected the signature of csaf_vex_2026-05-01\.tar\.zst, found none/);
      assert.deepEqual(await feed.look(false), ['built', [{ fixed: '1-1' }], '']);
    });
  });

  it('does not use with a key what was taken over without, nor with another key what this one has signed', async () => {
    await withFeed(async (feed) => {
      rmSync(join(feed.folder, `${ARCHIVE}.asc`));
      assert.deepEqual(await feed.look(false), ['built', [{ fixed: '1-1' }], '']);
      assert.deepEqual((await feed.look()).slice(0, 2), ['failed', []]);
    });
    await withFeed(async (feed) => {
      await feed.look();
      writeFileSync(feed.key, feed.keyOfOther());
      const [outcome, , reason] = await feed.look();
      assert.equal(outcome, 'failed');
      assert.match(reason, /expected a signature by/);
      rmSync(feed.key);
      assert.equal((await feed.look())[0], 'failed');
    });
  });
});
