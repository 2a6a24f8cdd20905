import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';

/** Commands whose first word names a job. */
const OF_JOBS = ['plan', 'run'];

/** Adds `completion SHELL`, which prints a script, and the command by which that script asks for what fits. */
export function addCompletion(program: Command, jobsFolder: string): void {
  const completion = tab(program, { completionCommandName: 'completion' });
  program.commands
    .find(command => command.name() === 'completion')
    ?.description('prints a script that completes commands, options and jobs in your shell');
  for (const name of OF_JOBS) {
    const argument = completion.commands.get(name)?.arguments.get('job');
    if (argument === undefined) throw new TypeError(`the command ${name} has no job to complete`);
    argument.handler = complete => {
      for (const { job, file } of jobsIn(jobsFolder)) complete(job, file);
    };
  }
  const files = completion.commands.get('jobs validate')?.arguments.get('files');
  if (files === undefined) throw new TypeError('the command jobs validate has no files to complete');
  files.handler = complete => {
    for (const { job, file } of jobsIn(jobsFolder)) complete(file, job);
  };
}

/** Names of jobs, read without the schema: somebody waits for the shell. Files without a name are left out. */
function jobsIn(folder: string): readonly { readonly job: string; readonly file: string }[] {
  return filesIn(folder).flatMap(file => {
    const { name } = fieldsOf(file);
    return typeof name === 'string' ? [{ job: name, file }] : [];
  });
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter(file => file.endsWith('.json'))
      .map(file => join(folder, file));
  } catch {
    return [];
  }
}

function fieldsOf(file: string): { readonly name?: unknown } {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) ?? {}) as object;
  } catch {
    return {};
  }
}
