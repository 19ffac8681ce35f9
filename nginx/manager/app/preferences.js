// What a reader chose for how the page looks. Not secret, so it outlives the session; keys never come here.

const PREFIX = 'brook.';

export function preference(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function prefer(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // A browser that stores nothing forgets the choice at the next load.
  }
}
