/** `blocks`: data would be lost. `waits`: data could be lost until some time has passed or somebody has checked something. */
export interface RetireFinding {
  readonly weight: 'blocks' | 'waits' | 'note';
  readonly about: string;
  readonly words: string;
}

export function blocks(about: string, words: string): RetireFinding {
  return { weight: 'blocks', about, words };
}

export function waits(about: string, words: string): RetireFinding {
  return { weight: 'waits', about, words };
}

export function note(about: string, words: string): RetireFinding {
  return { weight: 'note', about, words };
}
