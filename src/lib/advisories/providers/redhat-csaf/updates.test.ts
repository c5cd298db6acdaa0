import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { allOf, heldOf, PublishedFeed, recordsOf, rejectedOf } from '#test/fixtures/published-feed.ts';
import { redhatFeed, redhatUpdate, type VexLine } from '#test/fixtures/redhat-vex.ts';
import { redhatCsaf } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-redhat-updates-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const feed = new PublishedFeed(folder, redhatCsaf);

const CURL: VexLine = {
  product: 'o:redhat:enterprise_linux:9::baseos',
  purl: 'pkg:rpm/redhat/curl@7.76.1-29.el9?arch=x86_64',
  status: 'fixed',
};

describe('a document about an update', () => {
  const path = '2024/rhsa-2024_1234.json';
  const [first, second] = ['CVE-2024-10001', 'CVE-2024-10002'];

  it('is an advisory for each CVE, which is found by the update too', async () => {
    const source = feed.publish(redhatFeed({ [path]: redhatUpdate('RHSA-2024:1234', [first, second], [CURL]) }));
    const entries = await feed.entries(source, 'Red Hat');
    assert.deepEqual(rejectedOf(entries), []);
    assert.deepEqual(
      recordsOf(entries).map(({ advisory, affected }) => [
        advisory.id,
        advisory.aliases,
        advisory.upstream,
        advisory.summary,
        affected.length,
      ]),
      [first, second].map((cve) => [`REDHAT-RHSA-2024:1234-${cve}`, ['RHSA-2024:1234'], [cve], `title of ${cve}`, 1]),
    );
  });

  it('of another update, or with a CVE twice or none, is told by name', async () => {
    const refused: readonly (readonly [object, RegExp])[] = [
      [redhatUpdate('RHSA-2024:1235', [first], [CURL]), /expected a document of RHSA-2024:1234, found one of/],
      [redhatUpdate('RHSA-2024:1234', [first, first], [CURL]), /expected a CVE of its own/],
      [
        JSON.parse(JSON.stringify(redhatUpdate('RHSA-2024:1234', [first], [CURL])).replace(`"cve":"${first}",`, '')),
        /own/,
      ],
    ];
    for (const [document, reason] of refused) {
      const entries = await feed.entries(feed.publish(redhatFeed({ [path]: document })), 'Red Hat');
      assert.equal(entries.length, 1);
      assert.match(rejectedOf(entries)[0] ?? '', reason);
    }
  });

  it('that has lost a CVE takes its advisory back, and all of them when it is gone', async () => {
    const source = feed.publish(redhatFeed({ [path]: redhatUpdate('RHSA-2024:1234', [first, second], [CURL]) }));
    const whole = await feed.refresh(source, 'Red Hat');
    assert.ok(whole.found.kind === 'whole');
    const { cursor } = whole.found;
    const held = heldOf(await allOf(whole.found.entries));
    const changed = async (document: object | string) => {
      mkdirSync(join(source, '2024'), { recursive: true });
      writeFileSync(join(source, path), typeof document === 'string' ? document : JSON.stringify(document));
      writeFileSync(join(source, 'changes.csv'), `${path},2026-05-03T10:00:00Z\n`);
      const { found } = await feed.refresh(source, 'Red Hat', { cursor: cursor, held });
      assert.ok(found.kind === 'changes');
      assert.deepEqual(found.removed, []);
      const entries = await allOf(found.entries);
      return recordsOf(entries).map(({ advisory: { id, withdrawn = null }, affected }) => [
        id.slice('REDHAT-RHSA-2024:1234-'.length),
        withdrawn,
        affected.length,
      ]);
    };
    assert.deepEqual(await changed(redhatUpdate('RHSA-2024:1234', [second], [CURL])), [
      [second, null, 1],
      [first, '2026-05-03T10:00:00.000Z', 0],
    ]);
    assert.deepEqual(await changed('{'), []);
    writeFileSync(join(source, 'changes.csv'), '');
    writeFileSync(join(source, 'deletions.csv'), `${path},2026-05-03T11:00:00Z\n`);
    const { found } = await feed.refresh(source, 'Red Hat', { cursor, held });
    assert.ok(found.kind === 'changes');
    assert.deepEqual(found.removed, [`REDHAT-RHSA-2024:1234-${first}`, `REDHAT-RHSA-2024:1234-${second}`]);
  });
});
