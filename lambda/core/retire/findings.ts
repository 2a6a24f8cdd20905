/** `blocks`: data would be lost. `waits`: it could be, until something has passed or was looked at. */
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
