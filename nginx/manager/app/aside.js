// A key can end while its reader is in the middle of a form. Until the reader has signed in again the room stands aside, out
// of sight, with its open dialogs and all that was typed.

import { languageCode } from './i18n.js';

/** Told to the window when the reader is back, so that what failed for want of a key is tried again. */
export const BACK = 'brook-back';

/** Takes the dialogs off the page; whoever shows the sign-in takes the rest. `row` is the key whose room it is. */
export function putAside(row) {
  const { hash } = location;
  const { title } = document;
  const language = languageCode();
  const dialogs = [...document.querySelectorAll('dialog[open]')];
  const nodes = [...document.getElementById('app').children];
  for (const dialog of dialogs) dialog.remove();
  const open = () => dialogs.filter((dialog) => dialog.open);

  return {
    /** The same key's owner, or another administrator, who may see and do all that there is. */
    isFor: (other) => other.id === row?.id || (other.role === 'admin' && row?.role === 'admin'),
    isElsewhere: () => location.hash !== hash,
    isInAnotherLanguage: () => languageCode() !== language && open().length === 0,
    back: (root) => {
      root.replaceChildren(...nodes);
      document.title = title;
      for (const dialog of open()) {
        document.body.append(dialog);
        dialog.removeAttribute('open');
        dialog.showModal();
      }
      if (!open().length) root.querySelector('#main')?.focus();
      dispatchEvent(new Event(BACK));
    },
  };
}
