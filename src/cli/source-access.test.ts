import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { temporaryFolder } from '#test/fixtures/open-images.ts';
import { readSourceAccess } from './source-access.ts';

test('sockets and credential files are those of docker, podman and containerd', async () => {
  const plain = await readSourceAccess({ HOME: '/home/a' }, systemClock);
  assert.equal(plain.registries, null);
  assert.deepEqual(plain.credentialFiles, ['/home/a/.docker/config.json', '/home/a/.config/containers/auth.json']);
  assert.deepEqual(plain.dockerSockets, ['/var/run/docker.sock', '/home/a/.docker/run/docker.sock']);
  assert.deepEqual(plain.podmanSockets, ['/run/podman/podman.sock']);
  assert.deepEqual(plain.containerd, { socket: '/run/containerd/containerd.sock', namespace: 'default' });

  const full = await readSourceAccess(
    {
      HOME: '/home/a',
      XDG_RUNTIME_DIR: '/run/user/1',
      XDG_CONFIG_HOME: 'relative',
      DOCKER_CONFIG: '/etc/docker-client',
      REGISTRY_AUTH_FILE: '/auth.json',
      DOCKER_HOST: 'unix:///tmp/docker.sock',
      CONTAINER_HOST: 'ssh://elsewhere',
      CONTAINERD_ADDRESS: 'unix:///tmp/containerd.sock',
      CONTAINERD_NAMESPACE: 'k8s.io',
    },
    systemClock,
  );
  assert.deepEqual(full.credentialFiles, [
    '/auth.json',
    '/etc/docker-client/config.json',
    '/run/user/1/containers/auth.json',
    '/home/a/.config/containers/auth.json',
  ]);
  assert.deepEqual(full.dockerSockets, ['/tmp/docker.sock']);
  assert.deepEqual(full.podmanSockets, []);
  assert.deepEqual(full.containerd, { socket: '/tmp/containerd.sock', namespace: 'k8s.io' });
});

test('the registries file is found at its usual place, and one that is named must be readable', async (context) => {
  const folder = temporaryFolder(context);
  const file = join(folder, 'plimsoll/registries.yaml');
  mkdirSync(join(folder, 'plimsoll'));
  writeFileSync(file, 'registries: {}\n');
  const { registries } = await readSourceAccess({ HOME: '/', XDG_CONFIG_HOME: folder }, systemClock);
  assert.deepEqual(registries, { file, text: 'registries: {}\n' });
  const named = readSourceAccess({ HOME: '/', PLIMSOLL_REGISTRIES: join(folder, 'none') }, systemClock);
  await assert.rejects(named, { code: 'USAGE', object: 'PLIMSOLL_REGISTRIES' });
  writeFileSync(file, Buffer.from([0xff, 0xfe]));
  await assert.rejects(readSourceAccess({ HOME: '/', PLIMSOLL_REGISTRIES: file }, systemClock), { code: 'USAGE' });
});
