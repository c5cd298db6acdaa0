import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { evidence } from '../evidence.ts';
import { attestedBy, STATED } from '../fixtures/own-statements.ts';
import { type RegistryClients, registryClients } from '../fixtures/registry-clients.ts';
import { CLEAN, publishStory, Story } from '../fixtures/story.ts';
import { compareGuide } from '../fixtures/story-guide.ts';
import { type StoryWorld, startStoryWorld } from '../fixtures/story-world.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'acquire/story',
  'real tool',
  'images of docker-registry, signed by cosign, as they are acquired, held, excepted, flagged, and pulled by podman; advisories and root file systems as they were published',
);

describe('images come in by the gate', {
  skip: missing('go', 'skopeo', 'docker-registry', 'shared-data', 'podman', 'root', 'apt', 'python', 'gnu-tar'),
}, () => {
  let world: StoryWorld;
  let clients: RegistryClients;
  let story: Story;

  before(async () => {
    world = await startStoryWorld({ ecosystems: ['Alpine', 'npm', 'Go', 'PyPI'] });
    clients = registryClients();
    story = new Story(world, await publishStory(world), clients);
  });
  after(async () => {
    clients?.remove();
    await world?.stop();
  });

  it('the clean one is promoted, and podman pulls it', async () => await story.promotesTheClean());
  it('the voyage is held with reasons, and refused: manifests and blobs', async () => await story.holdsTheVoyage());
  it('an exception lets it in, for its time and its environment', async () => await story.admitsByException());
  it('a wrong signature never leaves quarantine, and is not taken again', async () => await story.keepsTheForgedOut());
  it('an advisory flags a promoted image, without a pull', async () => await story.flagsThePromoted());
  it('what the server says of an image hangs on it, signed: bill of materials, report, verdict, where it is from', async () => {
    const said = await attestedBy(clients, world, CLEAN, story.clean);
    assert.deepEqual([...said].toSorted(), [...STATED].toSorted());
  });
  it('all of it is in the catalogue and the events', async () => await story.isAllTold());
  it('the guide shows what the commands say', () => {
    const { page, story: said } = compareGuide(world);
    assert.equal(page, said);
  });
});
