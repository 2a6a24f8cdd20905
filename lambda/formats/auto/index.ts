import { PremiseBroken } from '../../core/model/errors.ts';
import { AUTO, configuredFormat, type FormatDefinition } from '../../core/model/format.ts';
import { autoConfig } from './config.ts';

/** Stands for the format that Plan finds in a sample of the store. It says what any of them may need, and reads nothing. */
export const autoFormat: FormatDefinition = {
  name: AUTO,
  records: ['item', 'object'],
  asymmetric: true,
  get configSchema() {
    return autoConfig();
  },
  configure: () =>
    configuredFormat(
      {
        ...{ identity: AUTO, keepsSource: false, declared: [], problems: [], needs: ['tags', 'body'] },
        contextNames: { source: [], templates: 1 },
      },
      () => {
        throw new PremiseBroken(
          'formats.auto',
          'the format of this store was never found: start the job again, so that it is planned again',
        );
      },
    ),
};
