import { jobLeaseContract } from '#store/jobs/leases/contract.ts';
import { evidence } from '#test/evidence.ts';
import { postgresJobs } from '#test/fixtures/job-drivers.ts';

evidence(
  'platform/jobs-postgresql',
  'real tool',
  'PostgreSQL of Debian: workers in several processes, some of them killed',
);

jobLeaseContract(postgresJobs);
