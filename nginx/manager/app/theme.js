// Light or dark: as the system has it, until a reader chooses.

import { prefer, preference } from './preferences.js';

const dark = matchMedia('(prefers-color-scheme: dark)');

export function startTheme() {
  const chosen = preference('theme');
  if (chosen) document.documentElement.dataset.theme = chosen;
}

export const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark';

export function switchTheme() {
  const next = isDark() ? 'light' : 'dark';
  document.documentElement.dataset.theme = next;
  prefer('theme', next);
}
