// Preloaded by GuideShell: the clock of a command goes ahead by as much as its guide has let pass.
const ahead = Number(process.env['GUIDE_CLOCK_AHEAD_MS']);
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...values) {
    if (values.length === 0) super(RealDate.now() + ahead);
    else super(...values);
  }
  static now() {
    return RealDate.now() + ahead;
  }
};
