import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { erlang } from '#lib/packages/catalogers/erlang/index.ts';
import { evidence } from '#test/evidence.ts';
import { debianBinary } from '#test/fixtures/debian-packages.ts';
import { missing } from '#test/prerequisites.ts';

evidence(
  'catalogers/erlang',
  'real tool',
  'applications of Erlang, Elixir and RabbitMQ from apt, as the application controller of Erlang lists them',
);

const run = promisify(execFile);

/** One line each: name, version and the applications that it needs. */
const LIST = `
  [ok = application:load(list_to_atom(A)) || A <- init:get_plain_arguments(), A =/= "kernel", A =/= "stdlib"],
  Key = fun(A, K) -> case application:get_key(A, K) of {ok, L} -> L; undefined -> [] end end,
  [io:format("~ts ~ts ~ts~n", [A, V, lists:join(",", [atom_to_list(N) ||
    N <- Key(A, applications) ++ Key(A, included_applications)])]) || {A, _, V} <- application:loaded_applications()],
  halt().`;

test('applications are listed as Erlang lists them', { skip: missing('apt') }, async (t) => {
  const folders = await Promise.all([
    debianBinary('erlang-base', 'usr/lib/erlang'),
    debianBinary('elixir', 'usr/lib/elixir'),
    debianBinary('rabbitmq-server', 'usr/lib/rabbitmq'),
  ]);
  const files = folders.flatMap((folder) => globSync(`${folder}/**/*.app`)).toSorted();
  const [rootFolder] = folders;
  const [erts = ''] = globSync(`${rootFolder}/erts-*/bin`);
  const { stdout } = await run(
    resolve(erts, 'erlexec'),
    ['-noshell', '-pa', ...files.map(dirname), '-eval', LIST, '-extra', ...files.map((file) => basename(file, '.app'))],
    { env: { ...process.env, ROOTDIR: rootFolder, BINDIR: erts, EMU: 'beam', PROGNAME: 'erl', LC_ALL: 'C.UTF-8' } },
  );
  const listed = stdout.trimEnd().split('\n').toSorted();

  const records = files.flatMap((path) => {
    assert.ok(erlang.wants({ path: path.slice(1), mode: 0o644, size: 1 }), path);
    const { packages = [], unknowns } = erlang.read({ path: path.slice(1), bytes: readFileSync(path) });
    assert.equal(unknowns, undefined);
    return packages;
  });
  const needed = listed.map((line) => new Set(line.split(' ')[2]?.split(',')));
  const ours = records.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  assert.deepEqual(
    ours.map(({ name, version }) => `${name} ${version}`).toSorted(),
    listed.map((line) => line.split(' ').slice(0, 2).join(' ')),
  );
  const requires = new Map(records.map((record) => [record.name, new Set(record.requires)]));
  listed.forEach((line, index) => {
    const [name = ''] = line.split(' ');
    assert.deepEqual(
      [...(needed[index] ?? [])].filter((item) => item !== '' && !requires.get(name)?.has(item)),
      [],
      name,
    );
  });
  t.diagnostic(`${records.length} applications`);
  assert.ok(records.length > 70, `${records.length}`);
});
