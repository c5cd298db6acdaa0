import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { rustBinary } from '#lib/packages/catalogers/rust-binary/index.ts';
import { parseCrates } from '#lib/packages/catalogers/rust-binary/parse-crates.ts';
import { sectionContent } from '#lib/packages/executables/executable.ts';
import { parsePrograms } from '#lib/packages/executables/programs.ts';
import { evidence } from '#test/evidence.ts';
import { unpackWheel } from '#test/fixtures/registry-packages.ts';
import { missing } from '#test/prerequisites.ts';

evidence(
  'catalogers/rust-binary',
  'published',
  'programs of three systems built by cargo auditable, compared with what cargo-cyclonedx lists of the same builds',
);

const work = mkdtempSync(join(tmpdir(), 'plimsoll-rust-'));
after(() => rmSync(work, { recursive: true, force: true }));

/** As much of a bill of materials as is compared. */
interface Bill {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
}

const PROGRAMS = [
  { format: 'ELF', platform: 'manylinux_2_17_x86_64', file: 'prek-0.5.11.data/scripts/prek' },
  { format: 'PE', platform: 'win_amd64', file: 'prek-0.5.11.data/scripts/prek.exe' },
  { format: 'Mach-O', platform: 'macosx_11_0_arm64', file: 'prek-0.5.11.data/scripts/prek' },
] as const;

for (const { format, platform, file } of PROGRAMS) {
  test(`${format}: the crates are those of the bill of materials`, { skip: missing('python') }, (t) => {
    const folder = unpackWheel('prek', '0.5.11', platform, join(work, platform));
    const bytes = readFileSync(join(folder, file));
    const bill = JSON.parse(
      readFileSync(join(folder, 'prek-0.5.11.dist-info/sboms/prek.cyclonedx.json'), 'utf8'),
    ) as Bill;
    assert.ok(rustBinary.accepts?.(bytes.subarray(0, 64)));

    const [program, ...others] = parsePrograms(bytes, file);
    assert.ok(program !== undefined && others.length === 0);
    assert.equal(program.format, format);
    const { crates, unknowns } = parseCrates(sectionContent(program, '.dep-v0', file) ?? new Uint8Array(), file);
    assert.deepEqual(unknowns, []);
    const components = [bill.metadata.component, ...bill.components];
    const ours = crates.flatMap((crate) => (crate === null ? [] : [`${crate.name} ${crate.version}`]));
    assert.deepEqual(ours.toSorted(), components.map(({ name, version }) => `${name} ${version}`).toSorted());

    // The bill does not tell what only built the program from what is in it, and the program does.
    const buildOnly = new Set(
      crates.flatMap((crate) => (crate?.isBuildOnly === true ? [`${crate.name} ${crate.version}`] : [])),
    );
    const found = rustBinary.read({ path: file, bytes });
    const records = found.packages ?? [];
    assert.equal(found.unknowns, undefined);
    assert.equal(records.length, crates.length - buildOnly.size);
    assert.ok(records.length >= 100 && buildOnly.size >= 10, `${records.length} and ${buildOnly.size}`);
    const names = new Map(components.map((item) => [item['bom-ref'], `${item.name} ${item.version}`]));
    const needs = new Map(
      bill.dependencies.map(({ ref, dependsOn = [] }) => [
        names.get(ref) ?? ref,
        new Set(dependsOn.map((other) => names.get(other) ?? other)),
      ]),
    );
    let edges = 0;
    for (const { name, version, requires = [] } of records) {
      for (const needed of requires) {
        edges += 1;
        assert.ok(needs.get(`${name} ${version}`)?.has(needed), `${name} needs ${needed}`);
      }
    }
    t.diagnostic(`${records.length} crates, ${buildOnly.size} that only built it, ${edges} dependencies`);
    assert.ok(edges >= 100);
  });
}
