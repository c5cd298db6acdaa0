import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { evidence } from '#test/evidence.ts';
import { cut, parse, type Read } from '#test/fixtures/tar-events.ts';
import { missing } from '#test/prerequisites.ts';

evidence('layers/tar', 'real tool', 'archives written by GNU tar in five formats and by the tarfile module of Python');

const WRITERS: readonly [string, string, readonly string[]][] = [
  ['ustar', 'tar', ['--format=ustar']],
  ['pax', 'tar', ['--format=pax']],
  ['gnu', 'tar', ['--format=gnu', '--sparse']],
  ['oldgnu', 'tar', ['--format=oldgnu', '--sparse']],
  ['v7', 'tar', ['--format=v7']],
  ['pax sparse 0.0', 'tar', ['--format=pax', '--sparse', '--sparse-version=0.0']],
  ['pax sparse 0.1', 'tar', ['--format=pax', '--sparse', '--sparse-version=0.1']],
  ['pax sparse 1.0', 'tar', ['--format=pax', '--sparse', '--sparse-version=1.0']],
  ['python', 'python3', []],
];

/** A tree with everything that a format can hold, and what Python's tarfile, which is not ours, reads from an archive. */
const MAKE_TREE = `
import os, sys
os.makedirs('tree/d/' + 'deep/' * 12); os.makedirs('tree/empty')
open('tree/empty-file', 'w').close()
open('tree/a.txt', 'w').write('content of a'); os.chmod('tree/a.txt', 0o6751)
open('tree/d/big', 'wb').write(os.urandom(300000))
if 'short' not in sys.argv:
    open('tree/d/' + 'n' * 150, 'w').write('long name'); os.symlink('t' * 160, 'tree/long-link')
    open('tree/ünïcode-日本', 'w').write('unicode')
os.symlink('../a.txt', 'tree/d/link'); os.link('tree/a.txt', 'tree/hard'); os.mkfifo('tree/pipe')
s = open('tree/sparse', 'wb'); s.truncate(3000000)
for i in range(40): s.seek(i * 70000 + 4096); s.write(b'data%d' % i)
s.close()
`;
const LIST = `
import hashlib, json, sys, tarfile
kinds = {tarfile.DIRTYPE: 'folder', tarfile.SYMTYPE: 'symlink', tarfile.LNKTYPE: 'hardlink', tarfile.FIFOTYPE: 'fifo'}
for m in tarfile.open(sys.argv[1]):
    file = m.isreg() or m.type in tarfile.GNU_TYPES
    print(json.dumps({'name': m.name, 'type': kinds.get(m.type, 'file'), 'mode': m.mode & 0o7777, 'uid': m.uid, 'gid': m.gid,
      'size': m.size if file else 0, 'link': m.linkname, 'sha256': hashlib.sha256(tarfile.open(sys.argv[1]).extractfile(m).read()).hexdigest() if file else None}))
`;

test('archives of GNU tar and Python are read as Python lists them', { skip: missing('gnu-tar', 'python') }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-tar-'));
  const run = (command: string, ...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, maxBuffer: 1 << 28 });
    assert.equal(status, 0, stderr.toString());
    return stdout.toString();
  };
  try {
    let compared = 0;
    for (const [what, command, args] of WRITERS) {
      const short = what === 'v7' || what === 'ustar';
      run('rm', '-rf', 'tree');
      run('python3', '-c', MAKE_TREE, ...(short ? ['short'] : []));
      if (command === 'tar') {
        run('tar', ...args, '-cf', 'made.tar', ...(what === 'v7' ? ['--exclude=pipe'] : []), 'tree');
      } else {
        run(
          'python3',
          '-c',
          "import tarfile; t = tarfile.open('made.tar', 'w', pax_headers={'comment': 'c'}); t.add('tree'); t.close()",
        );
      }
      const tar = Buffer.from(spawnSync('cat', ['made.tar'], { cwd: folder, maxBuffer: 1 << 28 }).stdout);
      const listed = run('python3', '-c', LIST, 'made.tar')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Read);
      const { entries, problems } = parse(cut(tar, [1, 1000, 5000, 123_457, 1_000_003]));
      assert.deepEqual(problems, [], what);
      assert.deepEqual(
        entries.map((entry) => ({ ...entry, name: entry.name.replace(/\/$/, '') })),
        listed,
        what,
      );
      compared += listed.length;
    }
    assert.ok(compared > 150, `${compared} entries compared`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
