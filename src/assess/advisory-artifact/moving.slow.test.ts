import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { idIn, keyFiles, machine, NOW } from '#test/fixtures/moved-advisories.ts';
import { temporaryFolder } from '#test/fixtures/open-images.ts';
import { exportAdvisories } from './export.ts';
import { importAdvisories } from './import.ts';

evidence('advisories/artifacts', 'self-made', 'shards of the test, moved between two data folders through a layout');

const HOUR = 3_600_000;

function outcomes({ shards }: Awaited<ReturnType<typeof importAdvisories>>): Readonly<Record<string, string>> {
  return Object.fromEntries(shards.map(({ ecosystem, outcome }) => [ecosystem, outcome]));
}

/** Two machines, and an artifact of the first with npm and PyPI. */
async function moved(context: TestContext) {
  const keys = keyFiles(context);
  const [from, to] = [machine(context, keys), machine(context, keys, NOW + HOUR)];
  await from.build('npm', 'N-1', '2026-02-01');
  await from.build('PyPI', 'P-1', '2026-02-02');
  const reference = `oci:${temporaryFolder(context)}/feeds:v1`;
  const exported = await exportAdvisories(reference, [], from.exporting);
  return { keys, from, to, reference, exported };
}

describe('advisories move as an artifact', () => {
  it('that holds all shards, signed, and says how old they are', async (context) => {
    const { from, to, reference, exported } = await moved(context);
    assert.deepEqual(
      exported.shards.map(({ info }) => info.ecosystem),
      ['npm', 'PyPI'],
    );
    assert.match(exported.by?.fingerprint ?? '', /^sha256:/);
    const imported = await importAdvisories(reference, [], to.importing);
    assert.deepEqual(outcomes(imported), { npm: 'taken', PyPI: 'taken' });
    assert.deepEqual([idIn(to, 'npm'), idIn(to, 'PyPI')], ['N-1', 'P-1']);
    assert.deepEqual(to.open('npm')?.info, from.open('npm')?.info);
    const state = await to.state('npm');
    const origin = { reference, digest: exported.digest, unverified: null };
    assert.deepEqual([state?.checked, state?.cursor, state?.origin], [NOW, null, origin]);
  });

  it('the same shards are the same artifact', async (context) => {
    const { from, exported } = await moved(context);
    const again = await exportAdvisories(`oci:${temporaryFolder(context)}/other`, [], from.exporting);
    assert.equal(again.digest, exported.digest);
    const one = await exportAdvisories(`oci:${temporaryFolder(context)}/one`, ['npm'], from.exporting);
    assert.notEqual(one.digest, exported.digest);
    assert.equal(one.shards.length, 1);
    await from.build('Alpine:v3.20', 'A-1', '2026-02-01');
    const alpine = await exportAdvisories(`oci:${temporaryFolder(context)}/alpine`, ['Alpine'], from.exporting);
    assert.deepEqual(
      alpine.shards.map(({ info }) => info.ecosystem),
      ['Alpine:v3.20'],
    );
  });

  it('of which only what differs is fetched', async (context) => {
    const { from, to, reference } = await moved(context);
    await importAdvisories(reference, [], to.importing);
    assert.deepEqual(outcomes(await importAdvisories(reference, [], to.importing)), {
      npm: 'unchanged',
      PyPI: 'unchanged',
    });
    await from.build('npm', 'N-2', '2026-02-20');
    const { digest } = await exportAdvisories(reference, [], from.exporting);
    // Whoever reads the layer of PyPI finds that it is gone.
    rmSync(layerOf(reference, digest, 'PyPI'));
    const { shards } = await importAdvisories(reference, [], to.importing);
    assert.deepEqual(
      shards.map(({ ecosystem, outcome, fetched }) => [ecosystem, outcome, fetched > 0]),
      [
        ['npm', 'taken', true],
        ['PyPI', 'unchanged', false],
      ],
    );
    assert.equal(idIn(to, 'npm'), 'N-2');
    const fresh = { ...to.importing, home: temporaryFolder(context) };
    assert.deepEqual(outcomes(await importAdvisories(reference, ['npm'], fresh)), { npm: 'taken' });
  });

  it('what was looked at since is confirmed without being fetched', async (context) => {
    const { keys, from, to, reference } = await moved(context);
    await importAdvisories(reference, [], to.importing);
    const later = machine(context, keys, NOW + HOUR);
    await later.build('npm', 'N-1', '2026-02-01', NOW + HOUR);
    await exportAdvisories(reference, [], later.exporting);
    const { shards } = await importAdvisories(reference, [], to.importing);
    assert.deepEqual(
      shards.map(({ outcome, fetched }) => [outcome, fetched]),
      [['confirmed', 0]],
    );
    assert.equal((await to.state('npm'))?.checked, NOW + HOUR);
    assert.equal(from.open('npm')?.info.checked, NOW);
  });

  it('what is here and newer stays, unless it is asked for', async (context) => {
    const { to, reference } = await moved(context);
    await to.build('npm', 'N-9', '2026-02-15');
    await to.build('PyPI', 'P-9', '2026-02-02', NOW + HOUR);
    assert.deepEqual(outcomes(await importAdvisories(reference, [], to.importing)), { npm: 'kept', PyPI: 'kept' });
    assert.deepEqual([idIn(to, 'npm'), idIn(to, 'PyPI')], ['N-9', 'P-9']);
    const forced = await importAdvisories(reference, [], { ...to.importing, force: true });
    assert.deepEqual(outcomes(forced), { npm: 'taken', PyPI: 'taken' });
    assert.deepEqual([idIn(to, 'npm'), idIn(to, 'PyPI')], ['N-1', 'P-1']);
  });

  it('when it is interrupted nothing has changed, and whoever reads meanwhile is not disturbed', async (context) => {
    const { to, reference } = await moved(context);
    await to.build('npm', 'N-0', '2026-01-01');
    const controller = new AbortController();
    const progress = (text: string): void => {
      // By then npm has been fetched.
      if (text.startsWith('PyPI')) {
        controller.abort(new Error('interrupted'));
      }
    };
    const stopped = importAdvisories(reference, [], { ...to.importing, signal: controller.signal, progress });
    await assert.rejects(stopped, { message: 'interrupted' });
    assert.deepEqual([idIn(to, 'npm'), idIn(to, 'PyPI'), partials(to.home)], ['N-0', null, []]);
    const reader = to.open('npm');
    await importAdvisories(reference, [], to.importing);
    assert.equal(reader?.affected('npm', 'lodash')[0]?.advisory.id, 'N-0');
    reader?.close();
    assert.equal(idIn(to, 'npm'), 'N-1');
  });

  it('two imports at once leave whole shards', async (context) => {
    const { to, reference } = await moved(context);
    const runs = Array.from({ length: 4 }, () => importAdvisories(reference, [], to.importing));
    for (const report of await Promise.all(runs)) {
      assert.equal(report.shards.length, 2);
    }
    assert.deepEqual([idIn(to, 'npm'), idIn(to, 'PyPI'), partials(to.home)], ['N-1', 'P-1', []]);
    assert.equal((await to.state('npm'))?.checked, NOW);
  });

  it('a shard whose provider no source has is named and not fetched', async (context) => {
    const { to, reference } = await moved(context);
    const report = await importAdvisories(reference, [], { ...to.importing, sources: [] });
    assert.deepEqual(outcomes(report), { npm: 'no-source', PyPI: 'no-source' });
  });

  it('nothing is exported where there is nothing, and not less than what is named', async (context) => {
    const { from } = await moved(context);
    const reference = `oci:${temporaryFolder(context)}/none`;
    const empty = machine(context, null).exporting;
    const code = 'ADVISORY_ARTIFACT_EMPTY';
    await assert.rejects(exportAdvisories(reference, ['Debian'], from.exporting), { code });
    await assert.rejects(exportAdvisories(reference, [], empty), { code });
    await assert.rejects(exportAdvisories(reference, ['../x'], from.exporting), { code: 'ADVISORY_ECOSYSTEM_INVALID' });
    assert.equal(existsSync(reference.slice('oci:'.length)), false);
  });
});

describe('advisories of strangers', () => {
  it('that nobody has signed are refused, or taken for a reason that is kept', async (context) => {
    const { from, to } = await moved(context);
    const reference = `oci:${temporaryFolder(context)}/unsigned`;
    const { by } = await exportAdvisories(reference, [], { ...from.exporting, signing: null });
    assert.equal(by, null);
    await assert.rejects(importAdvisories(reference, [], to.importing), { code: 'ADVISORY_ARTIFACT_UNVERIFIED' });
    assert.equal(idIn(to, 'npm'), null);
    await importAdvisories(reference, [], { ...to.importing, unverified: 'a test' });
    assert.equal(idIn(to, 'npm'), 'N-1');
    assert.equal((await to.state('npm'))?.origin?.unverified, 'a test');
    const onwards = `oci:${temporaryFolder(context)}/onwards`;
    await assert.rejects(exportAdvisories(onwards, [], to.exporting), {
      code: 'ADVISORY_ARTIFACT_UNVERIFIED',
      message: /nobody has vouched for these advisories.*"a test"/,
    });
    await exportAdvisories(onwards, [], { ...to.exporting, signing: null });
  });

  it('are refused when another key signed, and when nobody is trusted', async (context) => {
    const { to, reference } = await moved(context);
    const other = machine(context, keyFiles(context)).importing;
    await assert.rejects(importAdvisories(reference, [], { ...to.importing, trust: other.trust }), {
      code: 'ADVISORY_ARTIFACT_UNVERIFIED',
      message: /not signed by whom it has to be/,
    });
    await assert.rejects(importAdvisories(reference, [], { ...to.importing, trust: null }), {
      code: 'ADVISORY_ARTIFACT_UNVERIFIED',
      message: /whose advisories are to be believed/,
    });
    assert.equal(idIn(to, 'npm'), null);
  });

  it('with a damaged layer leave everything as it was', async (context) => {
    const { to, reference, exported } = await moved(context);
    await to.build('npm', 'N-0', '2026-01-01');
    const last = layerOf(reference, exported.digest, 'PyPI');
    const content = readFileSync(last);
    writeFileSync(last, Buffer.concat([content.subarray(0, -1), Buffer.from([(content.at(-1) ?? 0) ^ 1])]));
    await assert.rejects(importAdvisories(reference, [], to.importing), { code: 'LAYER_CORRUPT' });
    assert.deepEqual([idIn(to, 'npm'), idIn(to, 'PyPI')], ['N-0', null]);
    rmSync(last);
    await assert.rejects(importAdvisories(reference, [], to.importing), { code: 'BLOB_MISSING' });
    assert.deepEqual([idIn(to, 'npm'), partials(to.home)], ['N-0', []]);
  });
});

/** What an import that has ended should not have left. */
function partials(home: string): readonly string[] {
  const names = readdirSync(join(home, 'advisories'), { recursive: true }).map(String);
  return names.filter((name) => name.includes('partial'));
}

/** The file of a shard's layer in the layout of a reference. */
function layerOf(reference: string, manifest: string, ecosystem: string): string {
  const blob = (digest: string): string =>
    join(reference.slice('oci:'.length, -':v1'.length), 'blobs', digest.replace(':', '/'));
  const { layers } = JSON.parse(readFileSync(blob(manifest), 'utf8')) as {
    readonly layers: readonly { readonly digest: string; readonly annotations: Readonly<Record<string, string>> }[];
  };
  const layer = layers.find(({ annotations }) => annotations['dev.plimsoll.advisories.shard'] === ecosystem);
  return blob(layer?.digest ?? '');
}
