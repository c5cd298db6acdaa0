import { libraryContract } from '../../contract.ts';
import { repository } from './index.ts';

libraryContract(repository, {
  holds: [
    'repository.matches("registry.example/team/app", "registry.example/team/*") && repository.matches("registry.example/team/app/x", "registry.example/**")',
    'repository.matches("docker.io/nginx", "index.docker.io/library/nginx") && repository.matches("REGISTRY.example:443/a", "registry.example/a")',
    '!repository.matches("registry.example/team-evil/app", "registry.example/team/*") && !repository.matches("registry.example.evil/team/app", "registry.example/**")',
    '!repository.matches("evil/registry.example/team/app".replace("evil/", "evil.example/"), "registry.example/**")',
    'repository.matches(null, "local") && !repository.matches(null, "**") && !repository.matches("a.example/b", "local")',
  ],
  errors: [
    ['repository.matches("nginx", "**")', /not a repository with its host: "nginx"/],
    [
      'repository.matches("a.example/b", "a.example/b*")',
      /not a pattern of repositories: "a\.example\/b\*"; expected a \* that is a whole segment/,
    ],
    ['repository.matches(null, "")', /not a pattern/],
  ],
});
