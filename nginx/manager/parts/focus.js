// Where the keyboard is stays where it was when a part of the page is drawn anew.

const REACHABLE = 'a[href], button, input, select, textarea, summary';

/** Runs `draw`, which replaces what is in `place`. A focus that was in it goes to what is there now, else to the room. */
export function keepFocus(place, draw) {
  const all = () => [...place.querySelectorAll(REACHABLE)].filter((node) => !node.disabled && node.checkVisibility());
  const at = all().indexOf(document.activeElement);
  draw();
  if (at < 0 || place.contains(document.activeElement)) return;
  const now = all();
  (now[Math.min(at, now.length - 1)] ?? document.getElementById('main'))?.focus({ preventScroll: true });
}
