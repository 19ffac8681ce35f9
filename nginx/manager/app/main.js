// Starts the page: the reader's theme and language, then the session, then the room that the address names.

import { api, APIError, whenKeyIsRefused } from './api.js';
import { putAside } from './aside.js';
import { startLanguage, t } from './i18n.js';
import { session } from './session.js';
import { refusal, signInView } from './signin.js';
import { shell } from './shell.js';
import { startTheme } from './theme.js';
import { closeDialogs } from '../parts/dialog.js';
import { putDrafts, takeDrafts } from '../parts/form.js';

const root = document.getElementById('app');
let current = null;
/** The room of a reader whose key was refused; see aside.js. */
let aside = null;

function showSignIn(reason) {
  const again = () => {
    const drafts = takeDrafts(root);
    showSignIn(reason);
    putDrafts(root, drafts);
  };
  root.replaceChildren(signInView({ reason, signedIn, again }));
}

async function signedIn() {
  const waiting = aside;
  aside = null;
  if (waiting?.isFor(session.row)) {
    waiting.back(root);
    current.tellWho();
    if (waiting.isElsewhere()) await current.show();
    else if (waiting.isInAnotherLanguage()) await showShell();
    return;
  }
  leave();
  await showShell();
}

/** Draws the page, anew in another language for example. What is typed into the forms of the room stays. */
async function showShell() {
  const drafts = current && takeDrafts(current.node);
  current?.leave();
  const mine = (current = shell({ signOut, again: showShell }));
  root.replaceChildren(mine.node);
  await mine.show();
  if (drafts) putDrafts(mine.node, drafts);
}

function leave() {
  closeDialogs();
  current?.leave();
  current = null;
}

function signOut() {
  session.end();
  leave();
  showSignIn(null);
}

async function resume() {
  if (!session.key) return showSignIn(null);
  try {
    session.update(await api.get('user/api-key/mine'));
    await showShell();
  } catch (error) {
    // A refused key has led to the sign-in already; anything else may pass, so the key stays.
    if (!(error instanceof APIError) || error.status !== 401) showSignIn(error.message);
  }
}

startTheme();
await startLanguage();
whenKeyIsRefused((message) => {
  // Of several calls on their way only the first is told.
  if (!session.key) return;
  session.suspend();
  if (current) aside = putAside(session.row);
  showSignIn(t('You were signed out. {reason}', { reason: refusal(message) }));
});
addEventListener('hashchange', () => { if (!aside) current?.show(); });
await resume();
