import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';
import { orderOf, versionSchemeContract } from '../contract.ts';
import { golang } from './index.ts';

evidence(
  'versions/golang',
  'real tool',
  'go/version and the semver package of the go command on 20000 generated pairs',
);

const numeral = fc.constantFrom(
  '0',
  '1',
  '2',
  '9',
  '10',
  '20',
  '21',
  '22',
  '20191109021931',
  '99999999999999999999991',
);
const module = fc
  .tuple(
    fc.tuple(numeral, numeral, numeral).map((core) => `v${core.join('.')}`),
    fc.constantFrom(
      '',
      '',
      '-0',
      '-rc.1',
      '-beta.2',
      '-pre',
      '-0.20191109021931-daa7c04131f5',
      '-rc.1.0.20200101000000-abcdef012345',
    ),
    fc.constantFrom('', '', '+incompatible', '+meta'),
  )
  .map((parts) => parts.join(''));
const toolchain = fc
  .tuple(
    fc.constantFrom('1', '1', '1', '2'),
    fc.constantFrom('', '.0', '.9', '.20', '.21', '.22', '.22'),
    fc.constantFrom('', '', '.0', '.1', '.10', 'rc1', 'rc2', 'rc10', 'beta1', 'alpha2'),
    fc.constantFrom('', '', '-vendor'),
  )
  // A prerelease or a patch needs a minor version before it.
  .map(([major, minor, rest, vendor]) => `go${major}${minor}${minor === '' ? '' : rest}${vendor}`);

versionSchemeContract(golang, {
  arbitrary: fc.oneof(
    module,
    module.map((version) => version.slice(1)),
    toolchain,
  ),
  ascending: [
    'v0.0.0-20190101000000-abcdef012345',
    'v0.0.0-20191109021931-daa7c04131f5',
    'go1.20rc1',
    'go1.20',
    'go1.20.1',
    'go1.21',
    'go1.21rc2',
    'go1.21.0',
    '1.22.0-0',
    'go1.22rc1',
    '1.22.0-rc.2',
    'go1.22.0',
    '1.22.3',
    'go1.22.10 X:boringcrypto',
    'v2.0.0+incompatible',
    'v2.0.1-0.20200101000000-abcdef012345',
    'v2.0.1',
  ],
  invalid: [
    '',
    '(devel)',
    'devel go1.23-abcdef',
    'go',
    'go1.',
    'go1.22.',
    'go1.22.3.4',
    'go1.022',
    'go1.22RC1',
    'go1.22rc01',
    'go1.22.3rc1',
    'gov1.2.3',
    'v1',
    'v1.2',
    'v1.2.03',
    'v1.2.3-',
    'master',
    'x1.2.3',
  ],
});

it('golang: a release and its semantic version are the same', () => {
  for (const [release, version] of [
    ['go1.20', '1.20.0'],
    ['1.20rc1', 'v1.20.0-rc.1'],
    ['go1.22.3-vendor', '1.22.3'],
    ['1.22beta2', '1.22.0-beta.2'],
    ['v1.2.3+incompatible', 'v1.2.3'],
  ] as const) {
    assert.equal(orderOf(golang, release, version), 0, `${release} ${version}`);
  }
});

const ORACLE = `package main
import ("encoding/json"; "go/version"; "os"; "strings"; "oracle/semver")
func judge(a, b string) any {
	if strings.HasPrefix(a, "go") && version.IsValid(a) && version.IsValid(b) { return version.Compare(a, b) }
	if strings.HasPrefix(a, "v") && full(a) && full(b) { return semver.Compare(a, b) }
	return nil
}
// semver takes v1 and v1.2 too, which are not versions of a module.
func full(v string) bool { return semver.IsValid(v) && strings.HasPrefix(v, strings.SplitN(semver.Canonical(v), "-", 2)[0]) }
func main() {
	var pairs [][2]string
	if err := json.NewDecoder(os.Stdin).Decode(&pairs); err != nil { panic(err) }
	answers := make([]any, len(pairs))
	for i, p := range pairs { answers[i] = judge(p[0], p[1]) }
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil { panic(err) }
}
`;

it('golang: validity and order are those of the go command', { skip: missing('go') }, () => {
  const damaged = (versions: fc.Arbitrary<string>) =>
    fc.tuple(versions, fc.nat(24), fc.constantFrom('', '.', '0', 'a', 'rc')).map(([text, at, piece]) => {
      return text.slice(0, 2 + at) + piece + text.slice(3 + at);
    });
  const near = (versions: fc.Arbitrary<string>) => fc.oneof({ weight: 4, arbitrary: versions }, damaged(versions));
  const pairs = fc.sample(fc.oneof(fc.tuple(near(module), near(module)), fc.tuple(near(toolchain), near(toolchain))), {
    numRuns: 20_000,
    seed: 1,
  });
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-go-'));
  try {
    const goroot = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).stdout.trim();
    cpSync(join(goroot, 'src/cmd/vendor/golang.org/x/mod/semver'), join(folder, 'semver'), { recursive: true });
    writeFileSync(join(folder, 'go.mod'), 'module oracle\n\ngo 1.22\n');
    writeFileSync(join(folder, 'main.go'), ORACLE);
    const judged = spawnSync('go', ['run', '.'], {
      cwd: folder,
      input: JSON.stringify(pairs),
      encoding: 'utf8',
      maxBuffer: 2 ** 24,
      env: { ...process.env, GOFLAGS: '-mod=mod', GOPROXY: 'off', GOTOOLCHAIN: 'local' },
    });
    assert.equal(judged.status, 0, judged.stderr);
    const theirs = JSON.parse(judged.stdout) as readonly (number | null)[];
    const ours = pairs.map(([a, b]) => {
      const comparison = golang.compare(a, b);
      return comparison.ok ? comparison.order : null;
    });
    assert.deepEqual(
      pairs.map((pair, index) => [...pair, ours[index]]),
      pairs.map((pair, index) => [...pair, theirs[index]]),
    );
    for (const answer of [-1, 0, 1, null]) {
      assert.ok(theirs.filter((order) => order === answer).length > 40, String(answer));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
