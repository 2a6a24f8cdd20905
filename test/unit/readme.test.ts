import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { formatProblem } from '../../lambda/core/model/problem.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { DEPLOY_LINES, readmeBlock } from '../support/readme.ts';

describe('the lines of README.md that deploy', () => {
  it('are these, in this order', () => {
    expect(DEPLOY_LINES).toEqual([
      'npm ci',
      expect.stringMatching(/^mkdir -p jobs && cp examples\/jobs\/orders\.json jobs\/$/),
      'npx cdk bootstrap',
      'npx cdk deploy --all',
      'npx rewrap plan jobs/orders.json',
      'npx rewrap run orders --mode census',
      'npx rewrap run orders',
    ]);
  });
});

describe('the job in README.md', () => {
  it('is JSON, and a job', () => {
    const parsed = parseJob(JSON.parse(readmeBlock('A job')), formats);
    expect(parsed.kind === 'job' ? [] : parsed.problems.map(formatProblem)).toEqual([]);
  });
});
